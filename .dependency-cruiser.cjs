// The import arrows of docs/architecture.md, checked: each layer may import only those below it.
const layers = [
  ['main', '^src/(main\\.ts$|cli/)'],
  ['edge', '^src/(http|graphql|ui)/'],
  ['auth', '^src/auth/'],
  ['executor', '^src/executor/'],
  ['work', '^src/(bindings|scripts|queue)/'],
  ['database', '^src/database/'],
  ['ground', '^src/(config|errors|log|metrics|private-targets)\\.ts$'],
]

const upwards = layers.slice(1).map(([name, path], index) => ({
  name: `${name}-imports-nothing-above-it`,
  severity: 'error',
  from: { path },
  to: { path: layers.slice(0, index + 1).map(([, above]) => above) },
}))

module.exports = {
  forbidden: [
    ...upwards,
    {
      name: 'only-the-executor-imports-the-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox|executor)/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'the-sandbox-stands-alone',
      comment: 'What a script may reach is handed in; the sandbox knows no database, node or configuration.',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/sandbox/' },
    },
    {
      name: 'the-sandbox-has-no-database',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^node_modules/(pg|pg-boss|pg-listen|kysely|koa)/' },
    },
    {
      name: 'the-product-does-not-import-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types'],
    },
  },
}
