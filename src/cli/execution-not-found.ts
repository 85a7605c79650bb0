import { AppError } from '../errors.ts'

export class ExecutionNotFoundError extends AppError {
  readonly code = 'execution_not_found'
  readonly status = 404

  constructor(id: string) {
    super(`There is no execution ${id}.`, { field: 'id' })
  }
}
