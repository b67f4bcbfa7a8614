import { expect, test } from 'vitest';
import { Remessa } from '../../../../src/cliente/sessao/remessa.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';

/** Uma conversa cujos envios o teste responde, um por um. */
function montar() {
  const pedidos: { texto: string; sala: string | undefined; responder: (erro?: Error) => void }[] = [];
  const lugar = { sala: 'Geral' };
  const conversa = {
    get sala() {
      return lugar.sala;
    },
    enviar: (texto: string, _destinatario?: string, sala?: string) =>
      new Promise<Mensagem>((resolve, reject) => {
        pedidos.push({ texto, sala, responder: (erro) => (erro ? reject(erro) : resolve({} as Mensagem)) });
      }),
  };
  const mudancas: string[] = [];
  const remessa = new Remessa(conversa, () => mudancas.push(remessa.textos.join(' ')));
  return { remessa, pedidos, lugar, mudancas };
}

test('um de cada vez, na ordem, à sala em que se estava, e diz-se o que espera', async () => {
  const { remessa, pedidos, lugar, mudancas } = montar();
  const envios = [remessa.enviar('um', undefined), remessa.enviar('dois', 'Ana')];
  lugar.sala = 'Outra';
  await Promise.resolve();
  expect(pedidos.map(({ texto }) => texto)).toEqual(['um']);
  pedidos[0]?.responder();
  await envios[0];
  expect(remessa.textos).toEqual(['dois']);
  await expect.poll(() => pedidos.length).toBe(2);
  pedidos[1]?.responder();
  await envios[1];
  expect(pedidos.map(({ texto, sala }) => `${texto} em ${sala}`)).toEqual(['um em Geral', 'dois em Geral']);
  expect(mudancas).toEqual(['um', 'um dois', 'dois', '']);
});

test('uma recusa é de quem a pediu, e o seguinte vai', async () => {
  const { remessa, pedidos } = montar();
  const recusado = remessa.enviar('um', 'Rui');
  const seguinte = remessa.enviar('dois', undefined);
  await expect.poll(() => pedidos.length).toBe(1);
  pedidos[0]?.responder(new ContractError('DESTINATARIO_FORA_DA_SALA'));
  await expect(recusado).rejects.toMatchObject({ tipo: 'DESTINATARIO_FORA_DA_SALA' });
  await expect.poll(() => pedidos.length).toBe(2);
  pedidos[1]?.responder();
  await seguinte;
  expect(remessa.textos).toEqual([]);
});
