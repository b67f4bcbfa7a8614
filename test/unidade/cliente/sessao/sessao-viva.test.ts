import { beforeEach, describe, expect, test } from 'vitest';
import type { Sessao } from '../../../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import { SessaoViva } from '../../../../src/cliente/sessao/sessao-viva.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../src/rpc/client/falhas.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';
import { assentar, nunca, ServicoDeMentira } from '../../../suporte/local/servico-de-mentira.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

let relogio: RelogioDeTeste;
let servico: ServicoDeMentira;
let sessao: SessaoViva;
let recebidas: Mensagem[];
let avisos: string[];
let retiradas: number;
let guardadas: (Sessao | undefined)[];
/** O token que o servidor aceita. */
let valido: string | undefined;

/** Só quem traz o token vivo é atendido. */
function exigir(token: string | undefined): void {
  if (token === undefined || token !== valido) throw new ContractError('NAO_AUTENTICADO');
}

beforeEach(() => {
  relogio = relogioDeTeste();
  recebidas = [];
  avisos = [];
  retiradas = 0;
  guardadas = [];
  valido = 't1';
  let registros = 1;
  servico = new ServicoDeMentira({
    registrar_usuario: ({ nomeUsuario }) => {
      registros += 1;
      valido = `t${registros}`;
      return { nomeUsuario, token: valido, sala: null };
    },
    listar_salas: () => [],
    listar_usuarios: (_, token) => {
      exigir(token);
      return ['Ana'];
    },
    entrar_sala: ({ nomeSala }, token) => {
      exigir(token);
      return { nomeSala, usuarios: ['Ana'], mensagens: [] };
    },
    receber_mensagens: (_, token) => {
      exigir(token);
      return nunca();
    },
    encerrar_sessao: () => true as const,
  });
  sessao = new SessaoViva({
    servico,
    clock: relogio,
    ritmo: { intervaloMs: 1_000, esperaMs: 20_000 },
    ouvinte: {
      aoReceber: (mensagens) => recebidas.push(...mensagens),
      aoAvisar: (texto) => avisos.push(texto),
      aoSerRetirado: () => {
        retiradas += 1;
      },
      aoMudarDeSessao: (guardada) => guardadas.push(guardada),
    },
  });
});

async function comecar(): Promise<void> {
  sessao.comecar({ nomeUsuario: 'Ana', token: 't1', sala: null });
  await assentar();
}

async function naSala(lidas = 0): Promise<void> {
  await comecar();
  await sessao.mudarDeSala(async () => ({ valor: undefined, sala: 'Geral', lidas }));
  await assentar();
}

const usuarios = () => sessao.agir('listar_usuarios', () => ({}), 0);

describe('cada estado tem o seu laço', () => {
  test('fora da sala marca presença; na sala recebe depois do que já se leu', async () => {
    await naSala(7);
    expect(servico.nomes).toEqual(['listar_salas', 'receber_mensagens']);
    expect(servico.de('receber_mensagens')[0]).toMatchObject({ token: 't1', params: { desde: 7, salaAtual: 'Geral' } });
  });

  test('enquanto se muda de sala não se recebe de nenhuma, mesmo que a mudança falhe', async () => {
    await naSala();
    const mudanca = sessao.mudarDeSala(async () => {
      await assentar();
      expect(servico.de('receber_mensagens')).toHaveLength(1);
      throw new ContractError('SALA_NAO_ENCONTRADA');
    });
    await expect(mudanca).rejects.toMatchObject({ tipo: 'SALA_NAO_ENCONTRADA' });
    await assentar();
    expect(sessao.identidade.sala).toBe('Geral');
    expect(servico.de('receber_mensagens')).toHaveLength(2);
  });
});

describe('uma sessão que acabou no servidor', () => {
  test('descoberta por quem recebe: o mesmo nome, a mesma sala, o mesmo cursor', async () => {
    await naSala(3);
    const { receber_mensagens } = servico.respostas;
    servico.respostas = {
      ...servico.respostas,
      receber_mensagens: (params, token) => {
        if (token === 't2') return [mensagem(4, 'o que se perdeu')];
        return receber_mensagens?.(params, token) ?? nunca();
      },
    };
    valido = undefined;
    await sessao.mudarDeSala(async () => ({ valor: undefined, sala: 'Geral', lidas: 3 }));
    await assentar();
    expect(sessao.identidade.sessao).toEqual({ nome: 'Ana', token: 't2', sala: 'Geral' });
    expect(servico.de('receber_mensagens').find(({ token }) => token === 't2')?.params.desde).toBe(3);
    expect(recebidas.map(({ id }) => id)).toEqual([4]);
    expect(avisos).toEqual([
      'Sua sessão tinha terminado no servidor; você foi registrado de novo como Ana.',
      'Você voltou à sala Geral.',
    ]);
    expect(retiradas).toBe(0);
  });

  test('descoberta por várias chamadas ao mesmo tempo: registra-se uma vez, e todas se completam', async () => {
    await comecar();
    valido = undefined;
    expect(await Promise.all([usuarios(), usuarios(), usuarios()])).toEqual([['Ana'], ['Ana'], ['Ana']]);
    expect(servico.de('registrar_usuario')).toHaveLength(1);
    expect(avisos).toHaveLength(1);
  });

  test('uma que volta a acabar logo não faz registrar-se sem fim', async () => {
    await comecar();
    servico.respostas = {
      ...servico.respostas,
      listar_usuarios: () => Promise.reject(new ContractError('NAO_AUTENTICADO')),
    };
    await expect(usuarios()).rejects.toMatchObject({ tipo: 'NAO_AUTENTICADO' });
    expect(servico.de('registrar_usuario')).toHaveLength(1);
  });

  test('com o nome já de outro, não há mais sessão, nem na guarda', async () => {
    await naSala();
    valido = undefined;
    servico.respostas = {
      ...servico.respostas,
      registrar_usuario: () => Promise.reject(new ContractError('NOME_EM_USO')),
    };
    await expect(usuarios()).rejects.toMatchObject({ tipo: 'NOME_EM_USO' });
    expect(sessao.identidade.sessao).toBeUndefined();
    expect(guardadas.at(-1)).toBeUndefined();
    expect(retiradas).toBe(1);
    expect(avisos.at(-1)).toContain('o nome não pôde ser retomado: Esse nome já está em uso');
  });
});

test('quem perde a sala continua com o nome, e marca presença', async () => {
  await comecar();
  servico.respostas = {
    ...servico.respostas,
    receber_mensagens: () => Promise.reject(new ContractError('FORA_DA_SALA')),
  };
  await sessao.mudarDeSala(async () => ({ valor: undefined, sala: 'Geral' }));
  await assentar();
  expect(sessao.identidade.sessao).toEqual({ nome: 'Ana', token: 't1', sala: undefined });
  expect(servico.nomes).toEqual(['listar_salas', 'receber_mensagens', 'listar_salas']);
  expect([avisos.length, retiradas]).toEqual([1, 1]);
});

describe('encerrar', () => {
  test('despede-se com o token, esquece a sessão, e nada mais roda', async () => {
    await naSala();
    await sessao.encerrar();
    await sessao.encerrar();
    expect(servico.de('encerrar_sessao')).toMatchObject([{ token: 't1' }]);
    expect([guardadas.at(-1), servico.fechado]).toEqual([undefined, true]);
    const antes = servico.chamadas.length;
    relogio.avancar(3_600_000);
    await assentar();
    expect(servico.chamadas).toHaveLength(antes);
  });

  test('de quem se cala não espera mais que 2 s, e a sessão fica guardada para a volta', async () => {
    await naSala();
    servico.respostas = { ...servico.respostas, encerrar_sessao: nunca };
    const fim = sessao.encerrar();
    await assentar();
    expect(relogio.esperas()).toEqual([2_000]);
    relogio.avancar(2_000);
    await fim;
    expect(guardadas.at(-1)).toMatchObject({ nome: 'Ana', token: 't1' });
    expect(servico.fechado).toBe(true);
  });

  test('de quem recusa não espera nada, e a sessão também fica guardada', async () => {
    await naSala();
    const recusada = new UnreachableError('recusada', 'Não há ninguém ali.');
    servico.respostas = { ...servico.respostas, encerrar_sessao: () => Promise.reject(recusada) };
    await sessao.encerrar();
    expect(guardadas.at(-1)).toMatchObject({ nome: 'Ana', token: 't1' });
    expect(servico.fechado).toBe(true);
  });

  test('sem sessão, só fecha', async () => {
    await sessao.encerrar();
    expect([servico.chamadas, servico.fechado]).toEqual([[], true]);
  });
});
