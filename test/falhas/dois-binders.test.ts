/** Dois binders, que dividem o registro ou não sabem um do outro: quem conversa não precisa de mais que um. */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo } from '../../scripts/comum/processos.ts';
import { HA_REDIS, iniciarRedis, SEM_REDIS } from '../../scripts/comum/redis.ts';
import { conectar, motivoDaFalta } from '../../src/cliente/biblioteca/biblioteca.ts';
import { Conexao } from '../../src/cliente/chamadas/conexao.ts';
import { CHAT_CONTRACT } from '../../src/contract/chat.ts';
import { nomesChamaveis } from '../../src/contract/procedure.ts';
import { relogioDoSistema } from '../../src/process/clock.ts';
import { criarConexoes } from '../../src/rpc/client/http.ts';
import { rodarComandoLocal } from '../suporte/local/comando-local.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';

const PROCEDIMENTOS = nomesChamaveis(CHAT_CONTRACT).length;
/** O contrato: um binder que esteve fora tem tudo de novo em 15 s. */
const PRAZO_DO_REGISTRO_MS = 15_000;

const registradosEm = async ({ url }: { readonly url: string }) =>
  (await resultado(url, 'list_procedures')).length as number;

test.skipIf(!HA_REDIS)(
  `um de cada vez morre e volta: quem conversa segue, quem chega entra, e só sem os dois se está perdido${SEM_REDIS}`,
  async () => {
    await using redis = await iniciarRedis();
    using pasta = pastaTemporaria();
    const iniciar = (porta = 0) =>
      iniciarBinder({ argumentos: ['--redis', redis.url, ...(porta ? ['--porta', String(porta)] : [])] });
    await using um = await iniciar();
    await using outro = await iniciar();
    const binder = `${um.url},${outro.url}`;
    await using servidor = await iniciarServidor(pasta.caminho, binder);
    await ate(async () => (await registradosEm(outro)) === PROCEDIMENTOS, 'o registro');

    await using pedro = await conectar({ nome: 'Pedro', sala: 'Geral', criarSala: true, binder });
    const lidas = (async () => {
      const conteudos: string[] = [];
      for await (const { origem, conteudo } of pedro.mensagens()) {
        if (origem !== 'SERVER') conteudos.push(conteudo);
        if (conteudo === 'fim') return conteudos;
      }
      return conteudos;
    })();
    const chegar = async (nome: string) => {
      await using chat = await conectar({ nome, sala: 'Geral', binder, prazoMs: 0 });
      await chat.enviar(`sou ${nome}`);
    };

    await um.encerrar('SIGKILL');
    await chegar('Ana');
    await pedro.enviar('sem o primeiro');
    // A renovação seguinte já não encontra o primeiro: o servidor segue registrado, e o log diz em quem.
    await ate(() => servidor.erros().includes(`binder="${outro.url}"`), 'a renovação no outro');
    expect(await registradosEm(outro)).toBe(PROCEDIMENTOS);

    await using deVolta = await iniciar(um.porta);
    await outro.encerrar('SIGKILL');
    await chegar('Bia');
    await pedro.enviar('fim');
    expect(await lidas).toEqual(['sou Ana', 'sem o primeiro', 'sou Bia', 'fim']);
    const procedimentos = await rodarComandoLocal(['procedimentos', '--json', '--binder', binder]);
    expect(procedimentos.saida.trimEnd().split('\n')).toHaveLength(PROCEDIMENTOS);

    await deVolta.encerrar('SIGKILL');
    const falha: unknown = await chegar('Caio').catch((erro: unknown) => erro);
    expect(motivoDaFalta(falha)).toBe('recusada');
    // Quem já sabe o caminho ainda chega ao servidor.
    await pedro.enviar('sem binder');
  },
);

test('sem Redis, cada um morre e volta vazio enquanto se chama: nenhuma chamada falha', async () => {
  using pasta = pastaTemporaria();
  await using um = await iniciarBinder();
  await using outro = await iniciarBinder();
  const binders = [um.url, outro.url];
  await using _servidor = await iniciarServidor(pasta.caminho, binders.join(','));
  const todosEm = (binder: Processo) =>
    ate(async () => (await registradosEm(binder)) === PROCEDIMENTOS, 'o registro', PRAZO_DO_REGISTRO_MS);
  for (const binder of [um, outro]) await todosEm(binder);

  const falhas: unknown[] = [];
  let feitas = 0;
  let acabou = false;
  /** Cada chamada procura o servidor de novo: o que se guarda esconderia a falta do binder. */
  const chamarSemParar = async () => {
    while (!acabou) {
      const conexao = new Conexao({ binders, clock: relogioDoSistema, conexoes: criarConexoes() });
      await conexao.chamar('listar_salas', {}).catch((erro: unknown) => falhas.push(erro));
      conexao.close();
      feitas += 1;
    }
  };
  const maisAlgumas = () => {
    const antes = feitas;
    return ate(() => feitas >= antes + 20, 'outras chamadas');
  };
  const chamadas = Promise.all(Array.from({ length: 4 }, chamarSemParar));

  await um.encerrar('SIGKILL');
  await maisAlgumas();
  await using umDeVolta = await iniciarBinder({ argumentos: ['--porta', String(um.porta)] });
  await maisAlgumas();
  await todosEm(umDeVolta);
  await outro.encerrar('SIGKILL');
  await maisAlgumas();
  await using outroDeVolta = await iniciarBinder({ argumentos: ['--porta', String(outro.porta)] });
  await maisAlgumas();
  await todosEm(outroDeVolta);
  acabou = true;
  await chamadas;
  expect(falhas).toEqual([]);
});
