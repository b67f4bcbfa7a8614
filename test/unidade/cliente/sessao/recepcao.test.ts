import { beforeEach, describe, expect, test } from 'vitest';
import { Contato } from '../../../../src/cliente/chamadas/contato.ts';
import { Tentativas } from '../../../../src/cliente/chamadas/tentativas.ts';
import type { Ritmo } from '../../../../src/cliente/ritmo.ts';
import { Recepcao } from '../../../../src/cliente/sessao/recepcao.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { UnreachableError } from '../../../../src/rpc/client/falhas.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';
import { assentar, nunca, ServicoDeMentira } from '../../../suporte/local/servico-de-mentira.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

const NA_SALA = { nome: 'Ana', token: 't', sala: 'Geral' };
const FORA = { nome: 'Ana', token: 't', sala: undefined };

let relogio: RelogioDeTeste;
let servico: ServicoDeMentira;
let entregues: number[];
/** As que se disse serem de um tempo em que não se pôde receber. */
let emAtraso: number[];

beforeEach(() => {
  relogio = relogioDeTeste();
  servico = new ServicoDeMentira();
  entregues = [];
  emAtraso = [];
});

function abrir({ intervaloMs = 1_000, esperaMs = 20_000, ...resto }: Partial<Ritmo> = {}): Recepcao {
  const contato = new Contato(() => {});
  const tentativas = new Tentativas({ servico, clock: relogio, contato, intervaloMs });
  return new Recepcao({
    tentativas,
    clock: relogio,
    ritmo: { intervaloMs, esperaMs, ...resto },
    entregar: (mensagens, atrasadas) => {
      entregues.push(...mensagens.map(({ id }) => id));
      if (atrasadas) emAtraso.push(...mensagens.map(({ id }) => id));
    },
  });
}

/** Cada resposta, na ordem; depois delas, a espera não acaba. */
function responder(...paginas: readonly (readonly number[])[]): void {
  const restam = paginas.map((ids) => ids.map((id) => mensagem(id, `texto ${id}`)));
  servico.respostas = { receber_mensagens: () => (restam.shift() as Mensagem[] | undefined) ?? nunca() };
}

const pedidas = () => servico.de('receber_mensagens').map(({ params }) => params.desde);

describe('numa sala', () => {
  /** A primeira espera acaba vazia depois de um tempo, e a sala já não é nossa. */
  const perderASala = (duracaoMs: number) => {
    let vezes = 0;
    servico.respostas = {
      receber_mensagens: () => {
        vezes += 1;
        if (vezes > 1) throw new ContractError('FORA_DA_SALA');
        relogio.avancar(duracaoMs);
        return [];
      },
    };
  };

  test.each([
    ['a espera que acaba antes do tempo foi de uma expulsão', 5_000, 'EXPULSO'],
    ['a espera que durou o tempo todo não diz por quê', 20_000, 'FORA_DA_SALA'],
  ])('perdida a sala, %s', async (_caso, duracaoMs, tipo) => {
    perderASala(duracaoMs);
    const recusa = abrir().manter(NA_SALA);
    await assentar();
    relogio.avancar(1_000);
    expect(await recusa).toMatchObject({ erro: { tipo } });
  });

  test('recebe a partir do cursor, e continua sem descansar enquanto vem algo novo', async () => {
    responder([6, 7], [8]);
    const recepcao = abrir();
    recepcao.continuarDepoisDe(5);
    void recepcao.manter(NA_SALA);
    await assentar();
    expect(entregues).toEqual([6, 7, 8]);
    expect(pedidas()).toEqual([5, 7, 8]);
    expect(servico.chamadas[0]).toMatchObject({
      token: 't',
      params: { nomeUsuario: 'Ana', salaAtual: 'Geral', esperarMs: 20_000 },
      prazoMs: 30_000,
    });
  });

  test('depois de uma falha não espera no servidor: a resposta diz já que ele voltou', async () => {
    let falhas = 1;
    servico.respostas = {
      receber_mensagens: () => {
        falhas -= 1;
        if (falhas >= 0) throw new UnreachableError('recusada', 'Não há ninguém.');
        return nunca();
      },
    };
    void abrir().manter(NA_SALA);
    await assentar();
    relogio.avancar(1_000);
    await assentar();
    expect(servico.de('receber_mensagens').map(({ params }) => params.esperarMs)).toEqual([20_000, 0]);
  });

  test('o que se disse durante uma falha vem como atrasado, página por página, e o que vem depois já não', async () => {
    const cheia = Array.from({ length: 50 }, (_, n) => n + 1);
    const paginas = [cheia, [51, 52], [53]];
    let falhas = 1;
    servico.respostas = {
      receber_mensagens: () => {
        falhas -= 1;
        if (falhas >= 0) throw new UnreachableError('recusada', 'Não há ninguém.');
        return paginas.shift()?.map((id) => mensagem(id, `texto ${id}`)) ?? nunca();
      },
    };
    void abrir().manter(NA_SALA);
    await assentar();
    relogio.avancar(1_000);
    await assentar();
    expect(entregues).toEqual([...cheia, 51, 52, 53]);
    expect(emAtraso).toEqual([...cheia, 51, 52]);
  });

  test('quem volta de uma ausência busca já o que houve; se nada houve, espera no servidor sem descansar', async () => {
    responder([]);
    const recepcao = abrir();
    recepcao.continuarDepoisDe(5, true);
    void recepcao.manter(NA_SALA);
    await assentar();
    expect(servico.de('receber_mensagens').map(({ params }) => params.esperarMs)).toEqual([0, 20_000]);
    expect(emAtraso).toEqual([]);
  });

  test('o que não está acima do cursor não se entrega, venha na ordem que vier', async () => {
    responder([2, 9, 4, 10]);
    const recepcao = abrir();
    recepcao.continuarDepoisDe(3);
    void recepcao.manter(NA_SALA);
    await assentar();
    expect(entregues).toEqual([9, 10]);
  });

  test.each([
    ['vazia antes da hora', []],
    ['só com o que já se tinha', [1, 2]],
    ['cheia do que já se tinha', Array.from({ length: 50 }, (_, id) => id)],
  ])('uma página %s faz descansar o intervalo', async (_, pagina) => {
    responder(pagina);
    const recepcao = abrir();
    recepcao.continuarDepoisDe(100);
    void recepcao.manter(NA_SALA);
    await assentar();
    expect(relogio.esperas()).toEqual([1_000]);
    expect(servico.chamadas).toHaveLength(1);
    relogio.avancar(1_000);
    await assentar();
    expect(servico.chamadas).toHaveLength(2);
  });

  test('vazia depois de esperar no servidor o tempo todo, pergunta-se logo de novo', async () => {
    let vezes = 0;
    servico.respostas = {
      receber_mensagens: () => {
        vezes += 1;
        if (vezes > 1) return nunca();
        relogio.avancar(20_000);
        return [];
      },
    };
    void abrir().manter(NA_SALA);
    await assentar();
    expect(vezes).toBe(2);
  });

  test('sem espera no servidor, descansa depois de cada página que não veio cheia', async () => {
    responder(
      Array.from({ length: 50 }, (_, indice) => indice + 1),
      [51],
    );
    void abrir({ esperaMs: 0 }).manter(NA_SALA);
    await assentar();
    expect(servico.chamadas).toHaveLength(2);
    expect(relogio.esperas()).toEqual([1_000]);
  });

  test('para quem junta, o que chega logo depois vem na busca seguinte; uma página cheia não espera', async () => {
    const cheia = Array.from({ length: 50 }, (_, indice) => indice + 1);
    responder(cheia, [51], [52, 53]);
    void abrir({ juntarMs: 50 }).manter(NA_SALA);
    await assentar();
    expect(entregues).toEqual([...cheia, 51]);
    expect(relogio.esperas()).toEqual([50]);
    relogio.avancar(50);
    await assentar();
    expect(entregues.slice(-2)).toEqual([52, 53]);
    expect(pedidas()).toEqual([0, 50, 51]);
  });

  test('quem junta não pergunta por isso sem parar: vazia e cedo, descansa o intervalo', async () => {
    responder([]);
    void abrir({ juntarMs: 50 }).manter(NA_SALA);
    await assentar();
    expect(relogio.esperas()).toEqual([1_000]);
  });
});

describe('fora de qualquer sala', () => {
  test('chama já, com o token, e depois a cada 20 s', async () => {
    servico.respostas = { listar_salas: () => [] };
    void abrir().manter(FORA);
    await assentar();
    expect(servico.chamadas).toMatchObject([{ nome: 'listar_salas', token: 't' }]);
    relogio.avancar(19_999);
    await assentar();
    expect(servico.chamadas).toHaveLength(1);
    relogio.avancar(1);
    await assentar();
    expect(servico.chamadas).toHaveLength(2);
  });

  test('uma recusa não a termina: o servidor ouviu', async () => {
    servico.respostas = { listar_salas: () => Promise.reject(new ContractError('PROCEDIMENTO_DESCONHECIDO')) };
    void abrir().manter(FORA);
    await assentar();
    expect(relogio.esperas()).toEqual([20_000]);
  });
});

describe('o fim do laço', () => {
  test('uma recusa é devolvida a quem o pôs a rodar', async () => {
    servico.respostas = { receber_mensagens: () => Promise.reject(new ContractError('FORA_DA_SALA')) };
    expect(await abrir().manter(NA_SALA)).toMatchObject({ erro: { tipo: 'FORA_DA_SALA' } });
  });

  test('outro laço que começa o termina, sem que nada do primeiro se entregue', async () => {
    let responderTarde = (_mensagens: Mensagem[]): void => {};
    servico.respostas = {
      receber_mensagens: () => new Promise((resolve) => (responderTarde = resolve)),
      listar_salas: () => [],
    };
    const recepcao = abrir();
    const primeiro = recepcao.manter(NA_SALA);
    await assentar();
    void recepcao.manter(FORA);
    responderTarde([mensagem(1, 'tarde')]);
    expect(await primeiro).toBeUndefined();
    expect(entregues).toEqual([]);
  });

  test('parado enquanto descansa, não volta a chamar', async () => {
    responder([]);
    const recepcao = abrir();
    const laco = recepcao.manter(NA_SALA);
    await assentar();
    recepcao.parar();
    expect(await laco).toBeUndefined();
    expect(relogio.esperas()).toEqual([]);
  });
});
