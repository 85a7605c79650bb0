import { AppError } from '../errors.ts'

export class TenantNotFoundError extends AppError {
  readonly code = 'tenant_not_found'
  readonly status = 404

  constructor(key: string) {
    super(`There is no tenant with the key "${key}"; \`pgscript tenant create KEY\` makes one.`, {
      field: 'tenant',
    })
  }
}
