import type { FastifyReply, FastifyRequest } from 'fastify';

/** Ends the connection without a word. */
export function dropConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

export function sendHttp500(reply: FastifyReply): FastifyReply {
  return reply.code(500).type('text/html').send('<html><body>500 Internal Server Error</body></html>');
}
