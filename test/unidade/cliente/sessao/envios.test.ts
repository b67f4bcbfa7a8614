import { expect, test } from 'vitest';
import { Envios } from '../../../../src/cliente/sessao/envios.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../src/rpc/client/falhas.ts';

const OI = { sala: 'Geral', texto: 'Oi', destinatario: undefined };

/** @returns a chave com que se tentou; `erro` é com que a tentativa falha */
async function chaveDe(envios: Envios, envio: typeof OI | { destinatario: string }, erro?: unknown): Promise<string> {
  let chave = '';
  const tentativa = envios.enviar({ ...OI, ...envio }, async (comChave) => {
    chave = comChave.chave;
    if (erro) throw erro;
  });
  await tentativa.catch(() => {});
  return chave;
}

const semResposta = new UnreachableError('prazo', 'x');

test('sem que se saiba o desfecho, o mesmo texto retoma a chave; outro texto, ou a outra pessoa, não', async () => {
  const envios = new Envios();
  const primeira = await chaveDe(envios, OI, semResposta);
  expect(await chaveDe(envios, OI, semResposta)).toBe(primeira);
  expect(await chaveDe(envios, { ...OI, texto: 'Oi!' }, semResposta)).not.toBe(primeira);
  expect(await chaveDe(envios, { destinatario: 'Bia' }, semResposta)).not.toBe(primeira);
});

test('sabido o desfecho, o mesmo texto é outra mensagem', async () => {
  const envios = new Envios();
  const chaves = [
    await chaveDe(envios, OI),
    await chaveDe(envios, OI, new ContractError('FORA_DA_SALA')),
    await chaveDe(envios, OI),
  ];
  expect(new Set(chaves).size).toBe(3);
});

test('uma falha passageira do servidor não é um desfecho', async () => {
  const envios = new Envios();
  const primeira = await chaveDe(envios, OI, new ContractError('SERVICO_INDISPONIVEL'));
  expect(await chaveDe(envios, OI)).toBe(primeira);
});
