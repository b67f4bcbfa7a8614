/**
 * Defeito 7: um nome nunca ficava livre de novo, nem depois de um kill nem de sair pelo menu;
 * um usuário morto ocupava uma sala para sempre.
 */

import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { comToken, conteudos, type Mensagem, registrar, salaCom } from '../suporte/pessoas.ts';
import { iniciarSemBinder } from '../suporte/processos.ts';

const UM_SEGUNDO_MS = 1000;
/** O contrato: o que tem prazo acontece até 3 s depois dele. */
const TOLERANCIA_MS = 3 * UM_SEGUNDO_MS;

test('encerrar a sessão libera o nome na hora, e o token antigo não vale mais', async () => {
  await using sistema = await iniciarSemBinder();
  const { url } = sistema.servidor;
  const { sala, pessoas } = await salaCom(url, 'Pedro', 'Maria');
  const [pedro, maria] = pessoas;

  expect(await pedro.fazer('encerrar_sessao')).toBe(true);

  expect(conteudos(await maria.receber(sala)).at(-1)).toBe(`${pedro.nome} saiu da sala.`);
  expect(await pedro.serRecusado('listar_usuarios', { nomeSala: sala })).toMatchObject({ code: 2002 });
  const novo = await resultado(url, 'registrar_usuario', { nomeUsuario: pedro.nome });
  expect(novo).toMatchObject({ nomeUsuario: pedro.nome, sala: null });
  expect(novo.token).not.toBe(pedro.token);
});

test('quem some sai da sala no prazo, e depois o nome fica livre; quem chama ou espera continua', async () => {
  await using sistema = await iniciarSemBinder({
    argumentos: ['--usuario-ausente', '1', '--sessao-expira', '3', '--limite-registros', '0'],
  });
  const { url } = sistema.servidor;
  const maria = await registrar(url, 'Maria');
  await maria.fazer('criar_sala', { nomeSala: 'Sala' });
  let mensagens: Mensagem[] = (await maria.entrar('Sala')).mensagens;
  const visto: string[] = [];

  /** Maria só espera por mensagens: é a presença dela. */
  const ateVer = async (texto: string) => {
    while (!visto.includes(texto)) {
      const desde = mensagens.at(-1)?.id ?? 0;
      const novas = await maria.receber('Sala', { desde, esperarMs: 20_000 });
      expect(novas, `esperando por "${texto}"`).not.toEqual([]);
      mensagens = novas;
      visto.push(...conteudos(novas));
    }
    return performance.now();
  };

  const pedro = await registrar(url, 'Pedro');
  const ultimaChamadaMs = performance.now();
  await pedro.entrar('Sala');
  const respondidaMs = performance.now();
  const saiuMs = await ateVer(`${pedro.nome} saiu da sala.`);
  expect(saiuMs - ultimaChamadaMs).toBeGreaterThanOrEqual(UM_SEGUNDO_MS);
  expect(saiuMs - respondidaMs).toBeLessThanOrEqual(UM_SEGUNDO_MS + TOLERANCIA_MS);
  expect(await maria.fazer('listar_usuarios')).toEqual([maria.nome]);
  // Fora da sala não é fora do chat: o nome ainda é dele. Um registro sem token não é presença de ninguém.
  expect(await recusa(url, 'registrar_usuario', { nomeUsuario: pedro.nome })).toMatchObject({ code: 2001 });

  const mariaEspera = maria.receber('Sala', { desde: mensagens.at(-1)?.id, esperarMs: 20_000 });
  const { result } = await ate(async () => {
    const resposta = await chamar(url, 'registrar_usuario', { nomeUsuario: pedro.nome });
    return resposta.result ? resposta : undefined;
  }, 'o nome livre');
  const livreMs = performance.now();
  expect(livreMs - ultimaChamadaMs).toBeGreaterThanOrEqual(3 * UM_SEGUNDO_MS);
  expect(livreMs - respondidaMs).toBeLessThanOrEqual(3 * UM_SEGUNDO_MS + TOLERANCIA_MS);

  const outroPedro = comToken(url, pedro.nome, result.token);
  expect(await pedro.serRecusado('listar_usuarios')).toMatchObject({ code: 2002 });
  expect((await outroPedro.entrar('Sala')).usuarios).toEqual([maria.nome, pedro.nome].sort());
  expect(conteudos(await mariaEspera)).toEqual([`${pedro.nome} entrou na sala.`]);
});
