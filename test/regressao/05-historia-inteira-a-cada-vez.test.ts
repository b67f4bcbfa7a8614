/** Defeito 5: `receber_mensagens` devolvia a história inteira, toda vez. */

import { expect, test } from 'vitest';
import { postar } from '../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { ids, salaCom } from '../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();

const POR_PAGINA = 50;
const TOTAL = 170;

test('uma resposta traz no máximo 50 e a própria entrada, e com o cursor só o que é novo', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;
  const entrada = (await maria.receber(sala)).at(-1);
  const cursor = entrada?.id ?? 0;
  // Uma em três é só para ela: o limite vale para a soma, não para cada tipo.
  const extras = (i: number) => (i % 3 === 0 ? { destinatario: maria.nome } : {});
  const enviadas = ids(
    await Promise.all(Array.from({ length: TOTAL }, (_, i) => pedro.dizer(sala, `número ${i}`, extras(i)))),
  );
  const emOrdem = enviadas.toSorted((a, b) => a - b);

  const ultimas = [cursor, ...emOrdem.slice(-POR_PAGINA)];
  expect(ids(await maria.receber(sala))).toEqual(ultimas);
  expect(ids((await maria.entrar(sala)).mensagens)).toEqual(ultimas);

  const paginas: number[][] = [];
  for (let desde = cursor; ; desde = paginas.at(-1)?.at(-1) ?? desde) {
    const pagina = ids(await maria.receber(sala, { desde }));
    if (pagina.length === 0) break;
    paginas.push(pagina);
  }
  expect(paginas.map(({ length }) => length)).toEqual([50, 50, 50, 20]);
  expect(paginas.flat()).toEqual(emOrdem);

  const desdeOComeco = await maria.receber(sala, { desde: 0 });
  expect(desdeOComeco[1]).toEqual(entrada);
  expect(desdeOComeco).toHaveLength(POR_PAGINA);
});

test('quem já viu tudo recebe uma resposta vazia, do mesmo tamanho com uma ou com mil mensagens na sala', async () => {
  const { url } = sistema().servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro');
  const [pedro] = pessoas;
  const bytesDaResposta = async () => {
    const desde = (await pedro.receber(sala)).at(-1)?.id ?? 0;
    const params = { nomeUsuario: pedro.nome, salaAtual: sala, desde };
    const pedido = { jsonrpc: '2.0', id: 1, method: 'receber_mensagens', params };
    return (await postar(url, pedido, pedro.token)).corpo.length;
  };
  const comUma = await bytesDaResposta();
  for (let lote = 0; lote < 20; lote += 1) {
    const envios = Array.from({ length: 50 }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'enviar_mensagem',
      params: { nomeUsuario: pedro.nome, salaAtual: sala, mensagem: 'x'.repeat(200) },
    }));
    await postar(url, envios, pedro.token);
  }
  expect(await bytesDaResposta()).toBe(comUma);
});
