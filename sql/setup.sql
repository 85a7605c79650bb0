-- What an installed database must hold before a node may start; runs last and every time.

-- The context's MAC key: 64 random bytes, kept as the two pads of HMAC (RFC 2104).
insert into pgscript_private.context_keys (id, inner_pad, outer_pad)
select
  1,
  decode(string_agg(lpad(to_hex(get_byte(key.bytes, place) # 54), 2, '0'), '' order by place), 'hex'),
  decode(string_agg(lpad(to_hex(get_byte(key.bytes, place) # 92), 2, '0'), '' order by place), 'hex')
from (
  select
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
      || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as bytes
) as key
cross join generate_series(0, 63) as place
having not exists (select from pgscript_private.context_keys);

select pgscript_engine.ensure_partitions();
