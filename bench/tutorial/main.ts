import 'reflect-metadata';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { useServer } from 'graphql-ws/use/ws';
import { buildSchema } from 'type-graphql';
import { WebSocketServer } from 'ws';
import { openAlipay } from './alipay.ts';
import type { Context } from './context.ts';
import { alipayNotify } from './notify.ts';
import { OrderResolver } from './order.resolver.ts';
import { openOrm } from './orm.ts';
import { PaymentResolver } from './payment.resolver.ts';
import { PaymentStatusResolver } from './payment-status.resolver.ts';
import { pubSub } from './pub-sub.ts';
import { RefundResolver } from './refund.resolver.ts';

const { env } = process;
const appId = env.ALI_APP_ID ?? '';
const notifyUrl = `${env.PUBLIC_URL}/alipay/notify`;
const authorization = `Bearer ${env.API_KEY}`;

const orm = await openOrm(env.DATABASE_URL ?? '');
const alipay = openAlipay({
  appId,
  gateway: env.ALI_GATEWAY ?? '',
  privateKey: env.ALI_PRIVATE_KEY ?? '',
  alipayPublicKey: env.ALI_PUBLIC_KEY ?? '',
});
const schema = await buildSchema({
  resolvers: [OrderResolver, PaymentResolver, RefundResolver, PaymentStatusResolver],
  pubSub,
  validate: false,
});

const app = express();
const server = createServer(app);
const sockets = new WebSocketServer({ server, path: '/graphql' });
const context = (): Context => ({ em: orm.em.fork(), alipay, notifyUrl });
const wsServer = useServer(
  { schema, context, onConnect: ({ connectionParams }) => connectionParams?.authorization === authorization },
  sockets,
);
const apollo = new ApolloServer<Context>({
  schema,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer: server })],
});
await apollo.start();

app.get('/readyz', (_request, response) => {
  response.json({ status: 'ready' });
});
app.post(
  '/alipay/notify',
  express.urlencoded({ extended: false }),
  alipayNotify({ orm, alipay, appId, sellerId: env.ALI_SELLER_ID ?? '' }),
);
app.use(
  '/graphql',
  express.json(),
  (request, response, next) => {
    if (request.headers.authorization === authorization) next();
    else response.status(401).json({ errors: [{ message: 'Who are you?' }] });
  },
  expressMiddleware(apollo, { context: async () => context() }),
);
server.listen(Number(env.PORT), '127.0.0.1');

process.once('SIGTERM', async () => {
  await wsServer.dispose();
  await apollo.stop();
  await orm.close();
});
