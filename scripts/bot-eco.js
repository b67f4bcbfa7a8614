/**
 * Um bot pequeno, para ver a biblioteca em uso: `!eco texto` numa sala faz com que ele repita o texto; pedido em
 * privado, responde em privado.
 * `node scripts/bot-eco.js [--sala Geral] [--nome Eco] [--binder http://localhost:5000]`
 */

import { parseArgs } from 'node:util';
import { conectar, motivoDaFalta, tipoDaRecusa } from 'chat-system-distribuido';

const PEDIDO = '!eco ';

const { values: opcoes } = parseArgs({
  options: {
    binder: { type: 'string', default: process.env.CHAT_BINDER || 'http://localhost:5000' },
    nome: { type: 'string', default: 'Eco' },
    sala: { type: 'string', default: 'Geral' },
  },
});

/** @returns o que responder, ou `undefined`: só a um pedido claro, para que dois bots nunca conversem sem fim */
function resposta({ tipo, origem, conteudo }, eu) {
  if (origem === eu || !conteudo.startsWith(PEDIDO)) return undefined;
  return { texto: conteudo.slice(PEDIDO.length), para: tipo === 'unicast' ? origem : undefined };
}

try {
  const chat = await conectar({
    ...opcoes,
    criarSala: true,
    aoAvisar: (texto) => process.stderr.write(`${texto}\n`),
  });
  // Quem fecha é o sinal: o laço abaixo então termina, e o processo com ele.
  for (const sinal of ['SIGINT', 'SIGTERM']) process.once(sinal, () => chat.close());
  console.log(`${chat.nome} está na sala ${chat.sala}.`);
  for await (const mensagem of chat.mensagens()) {
    const eco = resposta(mensagem, chat.nome);
    if (!eco?.texto) continue;
    try {
      await chat.enviar(eco.texto, { para: eco.para });
    } catch (erro) {
      // Quem pediu pode ter saído antes da resposta: o bot continua.
      if (tipoDaRecusa(erro) !== 'DESTINATARIO_FORA_DA_SALA') throw erro;
    }
  }
} catch (erro) {
  if (!tipoDaRecusa(erro) && !motivoDaFalta(erro)) throw erro;
  console.error(erro.message);
  process.exit(1);
}
