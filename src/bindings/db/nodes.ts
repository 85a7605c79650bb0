/**
 * What a statement may be made of: the nodes of PostgreSQL's grammar, and the fields of each. A node
 * or field that is not here is refused, so what a later grammar brings is refused until somebody has
 * thought about it.
 *
 * A field is `*` where it holds nodes that name their own type (or a list of them), a type's name
 * where the grammar fixes it, and `=` where it holds a plain value.
 */
type Fields = Readonly<Record<string, string>>

function node(nodes: string, values = '', typed: Fields = {}): Fields {
  const fields: Record<string, string> = { location: '=', ...typed }
  for (const name of nodes.split(' ')) if (name) fields[name] = '*'
  for (const name of values.split(' ')) if (name) fields[name] = '='
  return fields
}

const target = { relation: 'RangeVar', withClause: 'WithClause', returningClause: 'ReturningClause' }

const statements: Record<string, Fields> = {
  // No intoClause: SELECT INTO makes a table.
  SelectStmt: node(
    'distinctClause targetList fromClause whereClause groupClause havingClause windowClause valuesLists sortClause limitOffset limitCount lockingClause',
    'groupDistinct limitOption op all',
    { withClause: 'WithClause', larg: 'SelectStmt', rarg: 'SelectStmt' },
  ),
  InsertStmt: node('cols selectStmt', 'override', { ...target, onConflictClause: 'OnConflictClause' }),
  UpdateStmt: node('targetList whereClause fromClause', '', target),
  DeleteStmt: node('usingClause whereClause', '', target),
  MergeStmt: node('sourceRelation joinCondition mergeWhenClauses', '', target),
}

const clauses: Record<string, Fields> = {
  MergeWhenClause: node('condition targetList values', 'matchKind commandType override'),
  WithClause: node('ctes', 'recursive'),
  CommonTableExpr: node('aliascolnames ctequery', 'ctename ctematerialized', {
    search_clause: 'CTESearchClause',
    cycle_clause: 'CTECycleClause',
  }),
  CTESearchClause: node('search_col_list', 'search_breadth_first search_seq_column'),
  CTECycleClause: node(
    'cycle_col_list cycle_mark_value cycle_mark_default',
    'cycle_mark_column cycle_path_column',
  ),
  OnConflictClause: node('targetList whereClause', 'action', { infer: 'InferClause' }),
  // No conname: constraints are the host's.
  InferClause: node('indexElems whereClause'),
  IndexElem: node('expr', 'name ordering nulls_ordering'),
  ReturningClause: node('exprs options'),
  ReturningOption: node('', 'option value'),
  ResTarget: node('indirection val', 'name'),
  RangeVar: node('', 'schemaname relname inh relpersistence', { alias: 'Alias' }),
  Alias: node('colnames', 'aliasname'),
  JoinExpr: node('larg rarg usingClause quals', 'jointype isNatural rtindex', {
    join_using_alias: 'Alias',
    alias: 'Alias',
  }),
  RangeSubselect: node('subquery', 'lateral', { alias: 'Alias' }),
  RangeFunction: node('functions coldeflist', 'lateral ordinality is_rowsfrom', { alias: 'Alias' }),
  ColumnDef: node('', 'colname is_local', { typeName: 'TypeName' }),
  SortBy: node('node', 'sortby_dir sortby_nulls'),
  LockingClause: node('lockedRels', 'strength waitPolicy'),
  WindowDef: node('partitionClause orderClause startOffset endOffset', 'name refname frameOptions'),
  GroupingSet: node('content', 'kind'),
}

const expressions: Record<string, Fields> = {
  A_Expr: node('name lexpr rexpr', 'kind rexpr_list_start rexpr_list_end'),
  A_Const: node('', 'ival fval boolval sval bsval isnull'),
  A_ArrayExpr: node('elements', 'list_start list_end'),
  A_Indices: node('lidx uidx', 'is_slice'),
  A_Indirection: node('arg indirection'),
  A_Star: node(''),
  BooleanTest: node('arg', 'booltesttype'),
  BoolExpr: node('args', 'boolop'),
  CaseExpr: node('arg args defresult'),
  CaseWhen: node('expr result'),
  CoalesceExpr: node('args'),
  CollateClause: node('arg collname'),
  ColumnRef: node('fields'),
  FuncCall: node(
    'funcname args agg_order agg_filter',
    'agg_within_group agg_star agg_distinct func_variadic funcformat',
    { over: 'WindowDef' },
  ),
  GroupingFunc: node('args'),
  Integer: node('', 'ival'),
  List: node('items'),
  MergeSupportFunc: node('', 'msftype'),
  MinMaxExpr: node('args', 'op'),
  MultiAssignRef: node('source', 'colno ncolumns'),
  NamedArgExpr: node('arg', 'name argnumber'),
  NullTest: node('arg', 'nulltesttype'),
  ParamRef: node('', 'number'),
  RowExpr: node('args', 'row_format'),
  SetToDefault: node(''),
  SQLValueFunction: node('', 'op typmod'),
  String: node('', 'sval'),
  SubLink: node('testexpr operName subselect', 'subLinkType'),
  TypeCast: node('arg', '', { typeName: 'TypeName' }),
  // No setof, no pct_type (%TYPE).
  TypeName: node('names typmods arrayBounds', 'typemod'),
}

export const nodes: Readonly<Record<string, Fields>> = { ...statements, ...clauses, ...expressions }

/** The nodes that a whole statement may be. */
export const statementKinds: Readonly<Record<string, string>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
}
