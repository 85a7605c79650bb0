import { describeHazards } from './describe-hazards.ts'

describeHazards('codegen')
