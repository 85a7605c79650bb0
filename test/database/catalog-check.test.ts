import { describe, expect, test } from 'vitest'

import { findCatalogFaults } from '../../src/database/catalog-check.ts'
import { withRolePrefix } from '../../src/database/sql-files.ts'
import { useDatabase } from '../support/use-database.ts'

/** What somebody might do to a database, and the faults that must be found then: code and object. */
const mishaps: [string, ...[code: string, object: string][]][] = [
  ['alter table pgscript.scripts disable row level security', ['row_security_off', 'pgscript.scripts']],
  ['alter table pgscript.scripts no force row level security', ['row_security_off', 'pgscript.scripts']],
  [
    'alter table pgscript_engine.execution_history_other disable row level security',
    ['row_security_off', 'pgscript_engine.execution_history_other'],
  ],
  ['drop policy engine on pgscript_private.host_roles', ['policy_missing', 'pgscript_private.host_roles']],
  ['comment on table pgscript.scripts is null', ['comment_missing', 'pgscript.scripts']],
  ['alter table pgscript.scripts owner to current_user', ['wrong_owner', 'pgscript.scripts']],
  ['create unique index on pgscript.scripts (name)', ['key_without_tenant', 'pgscript.scripts']],
  [
    'create table pgscript.orders (tenant_id uuid, id uuid primary key)',
    ['comment_missing', 'pgscript.orders'],
    ['key_without_tenant', 'pgscript.orders'],
    ['policy_missing', 'pgscript.orders'],
    ['row_security_off', 'pgscript.orders'],
    ['wrong_owner', 'pgscript.orders'],
  ],
  [
    `alter table pgscript.scripts add constraint one_only unique (id);
     alter table pgscript.api_keys add constraint crossing foreign key (id) references pgscript.scripts (id)`,
    ['key_without_tenant', 'pgscript.scripts'],
    ['reference_without_tenant', 'pgscript.api_keys'],
  ],
  ['alter table pgscript.scripts add check (name <> $$$$)', ['constraint_unnamed', 'pgscript.scripts']],
  [
    'create policy loose on pgscript.scripts for select to pgscript_user using (true)',
    ['policy_open', 'loose on pgscript.scripts'],
  ],
  [
    `create policy loose on pgscript.scripts to pgscript_user
     using (tenant_id = pgscript.current_tenant_id()) with check (true)`,
    ['policy_open', 'loose on pgscript.scripts'],
  ],
  [
    'create policy loose on pgscript.users to pgscript_operator using (true)',
    ['policy_open', 'loose on pgscript.users'],
  ],
  [
    'create policy loose on pgscript.permissions using (true)',
    ['policy_open', 'loose on pgscript.permissions'],
  ],
  [
    'create policy loose on pgscript.tenants to pgscript_node using (true)',
    ['policy_open', 'loose on pgscript.tenants'],
  ],
  ['grant select on pgscript.scripts to public', ['granted_to_public', 'pgscript.scripts']],
  ['grant update (name) on pgscript.scripts to pgscript_user', ['write_granted', 'pgscript.scripts']],
  ['grant truncate on pgscript.scripts to pgscript_operator', ['write_granted', 'pgscript.scripts']],
  [
    'grant select on pgscript_engine.execution_history_other to pgscript_user',
    ['partition_granted', 'pgscript_engine.execution_history_other'],
  ],
  ['grant usage on schema pgscript to public', ['granted_to_public', 'pgscript']],
  ['grant usage on schema pgscript_private to pgscript_node', ['schema_reachable', 'pgscript_private']],
  ['grant create on schema pgscript to pgscript_script', ['schema_reachable', 'pgscript']],
  ['alter view pgscript.executions reset (security_invoker)', ['view_not_invoker', 'pgscript.executions']],
  [
    "create view pgscript_shared.loose as select 1 as one; comment on view pgscript_shared.loose is 'x'",
    ['view_not_barrier', 'pgscript_shared.loose'],
  ],
  ['alter view pgscript.executions owner to current_user', ['wrong_owner', 'pgscript.executions']],
  ['comment on view pgscript.executions is null', ['comment_missing', 'pgscript.executions']],
  ['alter function pgscript.is_operator() owner to current_user', ['wrong_owner', 'pgscript.is_operator()']],
  [
    'alter function pgscript.is_operator() owner to pgscript_owner',
    ['wrong_owner', 'pgscript.is_operator()'],
  ],
  [
    'alter function pgscript_engine.ensure_partitions(integer) owner to pgscript_engine',
    ['wrong_owner', 'pgscript_engine.ensure_partitions(integer)'],
  ],
  ['alter function pgscript.is_operator() reset search_path', ['search_path_open', 'pgscript.is_operator()']],
  [
    "alter function pgscript.is_operator() set search_path = ''",
    ['search_path_open', 'pgscript.is_operator()'],
  ],
  [
    'grant execute on function pgscript.is_operator() to public',
    ['granted_to_public', 'pgscript.is_operator()'],
  ],
  ['comment on function pgscript.is_operator() is null', ['comment_missing', 'pgscript.is_operator()']],
  ['alter function pgscript.is_operator() immutable', ['wrong_volatility', 'pgscript.is_operator()']],
  ['alter function pgscript.is_operator() parallel safe', ['wrong_volatility', 'pgscript.is_operator()']],
  ['alter role pgscript_node superuser', ['role_too_mighty', 'pgscript_node']],
  ['alter role pgscript_script bypassrls', ['role_too_mighty', 'pgscript_script']],
  ['alter role pgscript_user createdb', ['role_too_mighty', 'pgscript_user']],
  ['alter role pgscript_operator createrole', ['role_too_mighty', 'pgscript_operator']],
  ['alter role pgscript_owner login', ['role_can_login', 'pgscript_owner']],
  ['alter role pgscript_node inherit', ['role_inherits', 'pgscript_node']],
  [
    'create table public.orders (); alter table public.orders owner to pgscript_node',
    ['role_owns', 'pgscript_node'],
  ],
  ['create role visitor login; grant pgscript_engine to visitor', ['owner_reachable', 'visitor']],
  ['create role visitor login; grant pgscript_user to visitor', ['tenant_role_reachable', 'visitor']],
  ['create role visitor; grant visitor to pgscript_user', ['member_of_other_role', 'pgscript_user']],
  [
    'grant pgscript_user to pgscript_script',
    ['member_of_other_role', 'pgscript_script'],
    ['tenant_role_reachable', 'pgscript_script'],
  ],
  [
    'grant pgscript_owner to pgscript_node',
    ['member_of_other_role', 'pgscript_node'],
    ['owner_reachable', 'pgscript_node'],
  ],
]

describe('findCatalogFaults', () => {
  const database = useDatabase()
  const prefixed = (text: string) => withRolePrefix(text, database.cluster.rolePrefix)

  test('finds nothing in a new installation, for its owner and for a node', async () => {
    expect(await findCatalogFaults(database.owner)).toEqual([])
    expect(await findCatalogFaults(database.node.pool)).toEqual([])
  })

  test.each(mishaps)('notices: %s', async (mishap, ...expected) => {
    const client = await database.owner.connect()
    try {
      await client.query('begin')
      await client.query(prefixed(mishap))
      const faults = await findCatalogFaults(client)
      const found = faults.map(({ code, object }) => [code, object])
      expect(found).toEqual(expected.map(([code, object]) => [code, prefixed(object)]))
      expect(faults.every(({ fault, remedy }) => fault && remedy)).toBe(true)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})
