/**
 * Defeito 6: os horários tinham resolução de 1 s e o cliente mostrava o que fosse posterior ao último visto:
 * a segunda mensagem do mesmo segundo se perdia.
 */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { postar } from '../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../suporte/local/servidor-dividido.ts';
import { type Mensagem, type Pessoa, salaCom } from '../suporte/pessoas.ts';

const sistema = dividirSistemaLocal();

/** Um batch chega de uma vez: é o jeito de ter duas mensagens no mesmo milissegundo. */
async function enviarJuntas(pessoa: Pessoa, sala: string, textos: readonly string[]): Promise<Mensagem[]> {
  const batch = textos.map((mensagem, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'enviar_mensagem',
    params: { nomeUsuario: pessoa.nome, salaAtual: sala, mensagem },
  }));
  const respostas = JSON.parse((await postar(pessoa.url, batch, pessoa.token)).corpo) as { result: Mensagem }[];
  return respostas.map(({ result }) => result);
}

/** O vizinho seguinte com o mesmo horário. */
function parNoMesmoInstante(mensagens: readonly Mensagem[]): [Mensagem, Mensagem] | undefined {
  const emOrdem = mensagens.toSorted((a, b) => a.id - b.id);
  for (const [posicao, segunda] of emOrdem.entries()) {
    const primeira = emOrdem[posicao - 1];
    if (primeira?.timestamp === segunda.timestamp) return [primeira, segunda];
  }
  return undefined;
}

test('duas mensagens do mesmo milissegundo chegam as duas, uma vez cada, a quem parou na primeira', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;

  const [primeira, segunda] = await ate(
    async () => parNoMesmoInstante(await enviarJuntas(pedro, sala, ['a', 'b', 'c', 'd', 'e', 'f'])),
    'um par de mensagens no mesmo milissegundo',
  );

  expect((await maria.receber(sala, { desde: primeira.id - 1 })).slice(0, 2)).toEqual([primeira, segunda]);
  expect((await maria.receber(sala, { desde: primeira.id }))[0]).toEqual(segunda);
  expect((await maria.receber(sala, { desde: segunda.id })).map(({ id }) => id)).not.toContain(segunda.id);
});

test('quem espera com o cursor recebe cada mensagem de uma rajada exatamente uma vez, na ordem dos ids', async () => {
  const { sala, pessoas } = await salaCom(sistema().servidor.url, 'Pedro', 'Zoé', 'Maria');
  const [pedro, zoe, maria] = pessoas;
  const textos = Array.from({ length: 40 }, (_, i) => `${i}`);
  const total = 2 * 3 * textos.length;

  const recebidas: Mensagem[] = [];
  const receberTodas = async () => {
    let desde = (await maria.receber(sala)).at(-1)?.id ?? 0;
    await comecou.resolve();
    while (recebidas.length < total) {
      const novas = await maria.receber(sala, { desde, esperarMs: 5000 });
      recebidas.push(...novas);
      desde = novas.at(-1)?.id ?? desde;
      if (novas.length === 0) break;
    }
  };
  const comecou = sinal();
  const recebendo = receberTodas();
  await comecou.veio;
  const enviar = async (pessoa: Pessoa) => {
    const enviadas: Mensagem[] = [];
    for (let vez = 0; vez < 3; vez += 1) enviadas.push(...(await enviarJuntas(pessoa, sala, textos)));
    return enviadas;
  };
  const enviadas = (await Promise.all([enviar(pedro), enviar(zoe)])).flat();
  await recebendo;

  expect(recebidas).toEqual(enviadas.toSorted((a, b) => a.id - b.id));
});

function sinal() {
  let resolve: () => void = () => {};
  const veio = new Promise<void>((cumprir) => {
    resolve = cumprir;
  });
  return { veio, resolve };
}
