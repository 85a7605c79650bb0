-- Organizations below the tenant: the platform's own name for a part of a customer, given to scripts as context.
alter table pgscript.scripts
  add column organization_id text,
  add constraint scripts_organization_id_is_1_to_200_printable_characters check (
    length(organization_id) between 1 and 200 and organization_id !~ '[[:cntrl:]]' and organization_id = btrim(organization_id)
  );

alter table pgscript.script_versions add column organization_id text;

alter table pgscript.memberships
  add column organization_id text,
  add constraint memberships_organization_id_is_1_to_200_printable_characters check (
    length(organization_id) between 1 and 200 and organization_id !~ '[[:cntrl:]]' and organization_id = btrim(organization_id)
  );

comment on column pgscript.scripts.organization_id is 'The platform''s id of the part of the tenant that it belongs to; null: the whole tenant.';
comment on column pgscript.script_versions.organization_id is 'The organization of this version.';
comment on column pgscript.memberships.organization_id is 'The platform''s id of the part of the tenant that the member belongs to; null: the whole tenant.';

-- These have more parameters or columns now.
drop function if exists pgscript.save_script(text, text, text, text, text, text, jsonb, jsonb, text[], text, integer, boolean, jsonb, jsonb, jsonb);
drop function if exists pgscript.set_membership(text, text, text);
drop function if exists pgscript_engine.load_version(text, uuid, uuid, integer);
