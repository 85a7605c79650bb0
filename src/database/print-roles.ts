import { readSqlFile } from './sql-files.ts'

export async function printRoles({ rolePrefix }: { rolePrefix: string; installer?: string; database?: string }): Promise<string> {
  return (await readSqlFile('roles.sql', rolePrefix)).text
}
