import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';

const HTML = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Kassa GraphQL</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1a1f2b}
pre{background:#f3f5f9;padding:1rem;border-radius:.5rem;overflow:auto}a{color:#0b57d0}</style>
<h1>Kassa GraphQL</h1>
<p>This is the endpoint for any GraphQL client, over HTTP and WebSocket (graphql-transport-ws). The till is at <a href="/pos">/pos</a>.</p>
<pre>curl /graphql -H 'content-type: application/json' \\
  -H 'authorization: Bearer &lt;API key&gt;' \\
  -d '{"query":"{ orders(first: 5) { edges { node { merchantOrderNo status amount } } } }"}'</pre>
<p>The schema is in <code>schema.graphql</code>; introspection answers too.</p></html>`;

/** What a browser sees at /graphql; in production nothing, not Apollo's own page and its foreign scripts either. */
export function landingPage(production: boolean): ApolloServerPlugin<BaseContext> {
  if (production) return ApolloServerPluginLandingPageDisabled();
  return {
    async serverWillStart() {
      return { renderLandingPage: async () => ({ html: HTML }) };
    },
  };
}
