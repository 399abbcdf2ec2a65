import { type Finding, ok, warning } from '../finding.ts';
import { type Broker, connectBroker } from './rabbit.ts';

/**
 * Connects as the gateway does, and declares nothing: that happens with the first message. A gateway without its broker works on
 * and catches up later (hints go over NOTIFY, events wait in their feed), so what is wrong here is a warning.
 */
export async function checkBroker(url: string): Promise<Finding> {
  const about = 'AMQP_URL';
  const { broker, fault } = await connected(url);
  await broker.close();
  if (fault === undefined) return ok(about, 'RabbitMQ answers and lets us in');
  return warning(
    about,
    fault,
    'see host, port, user, password, virtual host and TLS; events wait in their feed meanwhile',
  );
}

/** One try: it ends within the time that the gateway's would. */
function connected(url: string): Promise<{ readonly broker: Broker; readonly fault: string | undefined }> {
  return new Promise((resolve) => {
    const broker = connectBroker({ url, warn: (fault) => resolve({ broker, fault }) });
    broker.onReady(() => resolve({ broker, fault: undefined }));
  });
}
