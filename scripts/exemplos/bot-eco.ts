/**
 * Um bot pequeno, para ver a biblioteca em uso: `!eco texto` numa sala faz com que ele repita o texto; pedido em
 * privado, responde em privado.
 * `npm run bot -- [--sala Geral] [--nome Eco] [--binder http://localhost:5000]`
 */

import { parseArgs } from 'node:util';
import { conectar, type Mensagem, motivoDaFalta, tipoDaRecusa } from 'chat-system-distribuido';

const PEDIDO = '!eco ';

const { values: opcoes } = parseArgs({
  options: {
    binder: { type: 'string', default: process.env['CHAT_BINDER'] || 'http://localhost:5000' },
    nome: { type: 'string', default: 'Eco' },
    sala: { type: 'string', default: 'Geral' },
  },
});

interface Resposta {
  readonly texto: string;
  /** O nome de quem pediu em privado; sem ele, a resposta é para a sala. */
  readonly para?: string;
}

/** @returns o que responder, ou `undefined`: só a um pedido claro, para que dois bots nunca conversem sem fim */
function resposta({ tipo, origem, conteudo }: Mensagem, eu: string): Resposta | undefined {
  if (origem === eu || !conteudo.startsWith(PEDIDO)) return undefined;
  const texto = conteudo.slice(PEDIDO.length);
  return tipo === 'unicast' ? { texto, para: origem } : { texto };
}

try {
  const chat = await conectar({
    ...opcoes,
    criarSala: true,
    aoAvisar: (texto) => process.stderr.write(`${texto}\n`),
  });
  // Quem fecha é o sinal: o laço abaixo então termina, e o processo com ele.
  for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(sinal, () => chat.close());
  console.log(`${chat.nome} está na sala ${chat.sala}.`);
  for await (const mensagem of chat.mensagens()) {
    const eco = resposta(mensagem, chat.nome);
    if (!eco?.texto) continue;
    try {
      const { texto, ...aQuem } = eco;
      await chat.enviar(texto, aQuem);
    } catch (erro) {
      // Quem pediu pode ter saído antes da resposta: o bot continua.
      if (tipoDaRecusa(erro) !== 'DESTINATARIO_FORA_DA_SALA') throw erro;
    }
  }
} catch (erro) {
  if (!tipoDaRecusa(erro) && !motivoDaFalta(erro)) throw erro;
  console.error((erro as Error).message);
  process.exit(1);
}
