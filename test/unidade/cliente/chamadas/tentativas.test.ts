import { beforeEach, describe, expect, test } from 'vitest';
import { Contato } from '../../../../src/cliente/chamadas/contato.ts';
import { Tentativas } from '../../../../src/cliente/chamadas/tentativas.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../src/rpc/client/falhas.ts';
import { assentar, ServicoDeMentira } from '../../../suporte/local/servico-de-mentira.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

const INTERVALO_MS = 1_000;
const SEM_FIM = { insistirMs: Number.POSITIVE_INFINITY };

const fora = () => new UnreachableError('recusada', 'Não há ninguém em http://servidor.');
const caiu = () => new UnreachableError('interrompida', 'A conexão com http://servidor caiu.');
const limite = (tenteEmMs: number) => new ContractError('LIMITE_EXCEDIDO', { tenteEmMs });

let relogio: RelogioDeTeste;
let servico: ServicoDeMentira;
let avisos: string[];
let tentativas: Tentativas;

beforeEach(() => {
  relogio = relogioDeTeste();
  servico = new ServicoDeMentira();
  avisos = [];
  const contato = new Contato((texto) => avisos.push(texto));
  tentativas = new Tentativas({ servico, clock: relogio, contato, intervaloMs: INTERVALO_MS });
});

/** Falha com cada um, na ordem, e depois responde. */
function falhar(...erros: readonly unknown[]): void {
  const restam = [...erros];
  const responder = <T>(valor: T) => {
    if (restam.length > 0) throw restam.shift();
    return valor;
  };
  servico.respostas = {
    listar_salas: () => responder([]),
    criar_sala: ({ nomeSala }) => responder({ nomeSala }),
    registrar_usuario: ({ nomeUsuario }) => responder({ nomeUsuario, token: 't', sala: null }),
  };
}

describe('insistir', () => {
  test('sem tempo para isso, a primeira falha é dita', async () => {
    falhar(fora());
    await expect(tentativas.chamar('listar_salas', {})).rejects.toMatchObject({ motivo: 'recusada' });
    expect(relogio.esperas()).toEqual([]);
    expect(avisos).toEqual([]);
  });

  test('espera o intervalo entre uma vez e a seguinte, e diz a queda e a volta uma vez cada', async () => {
    falhar(fora(), caiu(), fora());
    const chamada = tentativas.chamar('listar_salas', {}, SEM_FIM);
    for (let vez = 1; vez <= 3; vez += 1) {
      await assentar();
      expect(servico.chamadas).toHaveLength(vez);
      expect(relogio.esperas()).toEqual([INTERVALO_MS]);
      relogio.avancar(INTERVALO_MS);
    }
    expect(await chamada).toEqual([]);
    expect(avisos).toEqual([
      'Ainda sem conexão: Não há ninguém em http://servidor. É o servidor que não responde. Tentando de novo…',
      'Conexão restabelecida.',
    ]);
  });

  test('só enquanto a espera cabe no tempo dado', async () => {
    falhar(fora(), fora(), fora());
    const chamada = tentativas.chamar('listar_salas', {}, { insistirMs: 1_500 });
    await assentar();
    relogio.avancar(INTERVALO_MS);
    await expect(chamada).rejects.toMatchObject({ motivo: 'recusada' });
    expect(servico.chamadas).toHaveLength(2);
  });

  test('o que só age uma vez também é insistido, mas não depois de o outro lado falhar por dentro', async () => {
    falhar(caiu(), new ContractError('ERRO_INTERNO'));
    const chamada = tentativas.chamar('criar_sala', { nomeSala: 'Sala' }, SEM_FIM);
    await assentar();
    relogio.avancar(INTERVALO_MS);
    await expect(chamada).rejects.toMatchObject({ tipo: 'ERRO_INTERNO' });
    expect(servico.chamadas).toHaveLength(2);
  });

  test('uma recusa não é insistida, e conta como resposta', async () => {
    falhar(fora(), new ContractError('NOME_EM_USO'));
    const chamada = tentativas.chamar('registrar_usuario', { nomeUsuario: 'Ana' }, SEM_FIM);
    await assentar();
    relogio.avancar(INTERVALO_MS);
    await expect(chamada).rejects.toMatchObject({ tipo: 'NOME_EM_USO' });
    expect(avisos.at(-1)).toBe('Conexão restabelecida.');
  });
});

describe('uma pausa que o servidor pede', () => {
  test('é a que ele pede, e a curta não se diz', async () => {
    falhar(limite(2_500));
    const chamada = tentativas.chamar('listar_salas', {}, SEM_FIM);
    await assentar();
    expect(relogio.esperas()).toEqual([2_500]);
    relogio.avancar(2_500);
    await chamada;
    expect(avisos).toEqual([]);
  });

  test('a longa se diz, sem que a conexão pareça perdida', async () => {
    falhar(limite(30_000));
    const chamada = tentativas.chamar('registrar_usuario', { nomeUsuario: 'Ana' }, SEM_FIM);
    await assentar();
    relogio.avancar(30_000);
    await chamada;
    expect(avisos).toEqual(['Chamadas demais em pouco tempo. Espere um instante. (Daqui a 30 s.)']);
  });

  test('nunca passa de um minuto, nem faz chamar sem parar', async () => {
    falhar(limite(Number.POSITIVE_INFINITY), limite(1e308));
    const chamada = tentativas.chamar('listar_salas', {}, SEM_FIM);
    for (let vez = 0; vez < 2; vez += 1) {
      await assentar();
      expect(relogio.esperas()).toEqual([60_000]);
      relogio.avancar(60_000);
    }
    await chamada;
  });
});

describe('parar', () => {
  test('larga o que está em curso e o que espera', async () => {
    falhar(fora());
    const esperando = tentativas.chamar('listar_salas', {}, SEM_FIM);
    await assentar();
    servico.respostas = { listar_salas: () => new Promise(() => {}) };
    const emCurso = tentativas.chamar('listar_salas', {}, SEM_FIM);
    tentativas.parar();
    await expect(esperando).rejects.toMatchObject({ name: 'AbortError' });
    await expect(emCurso).rejects.toMatchObject({ motivo: 'cancelada' });
    await expect(tentativas.chamar('listar_salas', {})).rejects.toMatchObject({ motivo: 'cancelada' });
    expect(servico.chamadas).toHaveLength(2);
  });
});
