create or replace function pgscript_private.context_mac(payload text)
  returns text
  language sql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- HMAC-SHA-256 (RFC 2104) over the payload, this backend and this transaction. A backend starts
  -- two transactions in one microsecond only when both come in one message of one client, so a
  -- value copied anywhere else does not verify. The epoch's text depends on no setting.
  select encode(
    sha256(key.outer_pad || sha256(key.inner_pad || convert_to(
      concat_ws('|', context_mac.payload, pg_backend_pid(), extract(epoch from transaction_timestamp())),
      'UTF8'
    ))),
    'hex'
  )
  from pgscript_private.context_keys as key
  order by key.id desc
  limit 1;
$$;

comment on function pgscript_private.context_mac(text) is
  'Signs a tenant context for this backend and this transaction; hexadecimal.';

alter function pgscript_private.context_mac(text) owner to pgscript_engine;
revoke all on function pgscript_private.context_mac(text) from public;
