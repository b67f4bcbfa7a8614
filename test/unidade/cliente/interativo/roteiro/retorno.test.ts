import { expect, test } from 'vitest';
import { voltar } from '../../../../../src/cliente/interativo/roteiro/retorno.ts';

const SESSAO = { nome: 'Pedro', token: 't', sala: 'Geral' };

/** Uma sessão guardada, que ainda vale, e quem responde à pergunta por ela. @returns o que se disse, e a que sala se volta */
async function responder(...respostas: readonly (string | undefined)[]) {
  const ditos: string[] = [];
  const porDar = [...respostas];
  const dialogo = {
    encerrado: false,
    comEspera: <T>(acao: Promise<T>) => acao,
    escolher: () => Promise.reject(new Error('uma sessão só não pede escolha')),
    perguntarTexto: async ({ mensagem }: { readonly mensagem: string }) => {
      if (porDar.length === 0) throw new Error('não havia mais o que perguntar');
      ditos.push(mensagem);
      return porDar.shift();
    },
    avisar: (...textos: readonly string[]) => void ditos.push(...textos),
    falhar: (texto: string) => void ditos.push(texto),
  };
  const conversa = { nome: 'Pedro', aindaVale: async () => true, retomar: async () => 'Geral' };
  const sessoes = { livres: () => [SESSAO], tomar: () => SESSAO, esquecer: () => {} };
  const sala = await voltar({ dialogo, conversa, sessoes }, undefined);
  expect(porDar).toEqual([]);
  return { sala, ditos };
}

const PERGUNTA = 'Continuar como Pedro? (S/n)';

test.each(['', 's', 'Sim', ' S '])('%j continua como quem se era', async (resposta) => {
  expect(await responder(resposta)).toEqual({ sala: 'Geral', ditos: [PERGUNTA, 'De volta como Pedro.'] });
});

test.each(['n', 'Não', 'nao', undefined])('%j deixa a sessão para quem é dela', async (resposta) => {
  expect(await responder(resposta)).toEqual({ sala: undefined, ditos: [PERGUNTA] });
});

test('outra resposta, como o nome de quem chega, não é nem sim nem não: diz-se o que serve', async () => {
  const { sala, ditos } = await responder('Sara', 'n');
  expect(sala).toBeUndefined();
  expect(ditos).toEqual([PERGUNTA, 'Digite s para continuar, ou n para usar outro nome.', PERGUNTA]);
});
