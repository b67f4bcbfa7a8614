/** A varredura contra um relógio parado e um store de mentira: os prazos, e quem chega no meio dela. */

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ContractError } from '../../../src/contract/errors.ts';
import { criarAutenticacao, hashDoToken, novoToken } from '../../../src/server/autenticacao.ts';
import { Esperas } from '../../../src/server/esperas.ts';
import { Varredura } from '../../../src/server/prazos.ts';
import { Presencas } from '../../../src/server/presencas.ts';
import type { SalaVazia, Sessao, Store } from '../../../src/store/store.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';
import { assentar, promessaAberta, storeDeTeste } from './apoio.ts';

const SEGUNDO_MS = 1000;
const MINUTO_MS = 60 * SEGUNDO_MS;
const USUARIO_AUSENTE_MS = MINUTO_MS;
const SESSAO_EXPIRA_MS = 30 * MINUTO_MS;
const SALA_INATIVA_MS = 5 * MINUTO_MS;
const REGISTRO_SEM_CHAMADA_MS = 5 * MINUTO_MS;

const INDISPONIVEL = new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 1000 });

function abrirVarredura(verbos: Partial<Store> = {}) {
  const relogio = relogioDeTeste();
  const esperas = new Esperas(relogio);
  let vazias: SalaVazia[] = [];
  const sairam: number[] = [];
  const encerradas: number[] = [];
  const removidas: number[] = [];
  const store = storeDeTeste({
    sessoes: async () => [],
    sair: async (sessaoId) => {
      sairam.push(sessaoId);
      return { nomeSala: 'Sala' };
    },
    encerrar: async (sessaoId) => {
      encerradas.push(sessaoId);
      return true;
    },
    salasVazias: async () => vazias,
    removerSalaVazia: async ({ salaId }) => {
      removidas.push(salaId);
      vazias = vazias.filter((sala) => sala.salaId !== salaId);
      return true;
    },
    limpar: async () => false,
    ...verbos,
  });
  const presencas = new Presencas(relogio, store);
  const falhas: unknown[] = [];
  const varredura = new Varredura({
    store,
    clock: relogio,
    presencas,
    esperas,
    prazos: {
      usuarioAusenteMs: USUARIO_AUSENTE_MS,
      sessaoExpiraMs: SESSAO_EXPIRA_MS,
      salaInativaMs: SALA_INATIVA_MS,
    },
    aoFalhar: (erro) => falhas.push(erro),
  });
  onTestFinished(async () => {
    esperas.close();
    await varredura.close();
  });
  return {
    relogio,
    presencas,
    esperas,
    varredura,
    falhas,
    sairam,
    encerradas,
    removidas,
    esvaziar: (...salas: SalaVazia[]) => {
      vazias = [...vazias, ...salas];
    },
    ocupar: (salaId: number, nomeSala: string) => {
      vazias = vazias.filter((sala) => sala.salaId !== salaId);
      varredura.salaOcupada(nomeSala);
    },
  };
}

const SALA = { salaId: 1, nomeSala: 'Sala' };

/** Um verbo que só se cumpre quando o teste manda, e conta quantos esperam. */
function verboQueEspera<T>(valor: T) {
  let emAndamento: (() => void)[] = [];
  const pedidos: number[] = [];
  return {
    pedidos,
    verbo: (id: number) => {
      pedidos.push(id);
      return new Promise<T>((resolve) => emAndamento.push(() => resolve(valor)));
    },
    /** @returns quantos estavam juntos */
    concluir: async () => {
      const juntos = emAndamento;
      emAndamento = [];
      for (const concluir of juntos) concluir();
      await assentar();
      return juntos.length;
    },
  };
}

describe('muito o que fazer de uma vez', () => {
  const MUITOS = 1_000;
  const MAXIMO_JUNTOS = 256;

  test('as salas se removem muitas por commit, mas nunca todas juntas, e nenhuma fica', async () => {
    const remocao = verboQueEspera(true);
    const { relogio, varredura, esvaziar } = abrirVarredura({
      removerSalaVazia: ({ salaId }) => remocao.verbo(salaId),
    });
    esvaziar(...Array.from({ length: MUITOS }, (_, n) => ({ salaId: n, nomeSala: `Sala ${n}` })));
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS);

    const passada = varredura.varrer();
    await vi.waitFor(() => expect(remocao.pedidos).toHaveLength(MAXIMO_JUNTOS));
    const grupos: number[] = [];
    while (remocao.pedidos.length > grupos.reduce((soma, quantas) => soma + quantas, 0)) {
      grupos.push(await remocao.concluir());
    }
    await passada;
    expect(grupos).toEqual([256, 256, 256, MUITOS - 768]);
    expect(new Set(remocao.pedidos).size).toBe(MUITOS);
  });

  test('a sala que alguém ocupa enquanto outras se removem não chega a ser pedida', async () => {
    const remocao = verboQueEspera(true);
    const { relogio, varredura, esvaziar, ocupar } = abrirVarredura({
      removerSalaVazia: ({ salaId }) => remocao.verbo(salaId),
    });
    esvaziar(...Array.from({ length: MUITOS }, (_, n) => ({ salaId: n, nomeSala: `Sala ${n}` })));
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS);

    const passada = varredura.varrer();
    await vi.waitFor(() => expect(remocao.pedidos).toHaveLength(MAXIMO_JUNTOS));
    ocupar(MUITOS - 1, `Sala ${MUITOS - 1}`);
    while ((await remocao.concluir()) > 0);
    await passada;
    expect(remocao.pedidos).toHaveLength(MUITOS - 1);
    expect(remocao.pedidos).not.toContain(MUITOS - 1);
  });

  test('quem chama enquanto outros saem por ausência não sai', async () => {
    const saida = verboQueEspera({ nomeSala: 'Sala' });
    const { relogio, presencas, varredura } = abrirVarredura({ sair: saida.verbo });
    for (let sessao = 0; sessao < MUITOS; sessao += 1) presencas.iniciar(sessao, true);
    relogio.avancar(USUARIO_AUSENTE_MS);

    const passada = varredura.varrer();
    await assentar();
    expect(saida.pedidos).toHaveLength(MAXIMO_JUNTOS);
    presencas.renovar(MUITOS - 1);
    while ((await saida.concluir()) > 0);
    await passada;
    expect(saida.pedidos).toHaveLength(MUITOS - 1);
    expect(saida.pedidos).not.toContain(MUITOS - 1);
  });
});

describe('o usuário ausente', () => {
  test('sai da sala aos 60 s sem chamada, não antes, e uma vez só', async () => {
    const { presencas, relogio, varredura, sairam } = abrirVarredura();
    presencas.iniciar(1, true);

    relogio.avancar(USUARIO_AUSENTE_MS - 1);
    await varredura.varrer();
    expect(sairam).toEqual([]);

    relogio.avancar(1);
    await varredura.varrer();
    relogio.avancar(SEGUNDO_MS);
    await varredura.varrer();
    expect(sairam).toEqual([1]);
  });

  test('qualquer chamada recomeça o prazo', async () => {
    const { presencas, relogio, varredura, sairam } = abrirVarredura();
    presencas.iniciar(1, true);
    relogio.avancar(USUARIO_AUSENTE_MS - 1);
    presencas.renovar(1);
    relogio.avancar(USUARIO_AUSENTE_MS - 1);
    await varredura.varrer();
    expect(sairam).toEqual([]);
  });

  test('quem voltou depois de sair por ausência pode sair de novo', async () => {
    const { presencas, relogio, varredura, sairam } = abrirVarredura();
    presencas.iniciar(1, true);
    relogio.avancar(USUARIO_AUSENTE_MS);
    await varredura.varrer();
    presencas.renovar(1);
    relogio.avancar(USUARIO_AUSENTE_MS);
    await varredura.varrer();
    expect(sairam).toEqual([1, 1]);
  });

  test('quem espera por mensagens está presente, e a ausência conta desde o fim da espera', async () => {
    const { presencas, esperas, relogio, varredura, sairam } = abrirVarredura();
    presencas.iniciar(1, true);
    const espera = esperas.abrir(1, 'Sala', 10 * MINUTO_MS);
    for (let minuto = 0; minuto < 5; minuto += 1) {
      relogio.avancar(MINUTO_MS);
      await varredura.varrer();
    }
    expect(sairam).toEqual([]);

    espera.terminar();
    relogio.avancar(USUARIO_AUSENTE_MS - 1);
    await varredura.varrer();
    expect(sairam).toEqual([]);
    relogio.avancar(1);
    await varredura.varrer();
    expect(sairam).toEqual([1]);
  });

  test('quem não está em sala nenhuma não é tirado de novo a cada passada', async () => {
    const sair = vi.fn<Store['sair']>(() => Promise.reject(new ContractError('FORA_DA_SALA')));
    const { presencas, relogio, varredura } = abrirVarredura({ sair });
    presencas.iniciar(1, true);
    relogio.avancar(USUARIO_AUSENTE_MS);
    await varredura.varrer();
    await varredura.varrer();
    expect(sair).toHaveBeenCalledTimes(1);
  });

  test('uma chamada que chega enquanto a saída é gravada vale: a próxima ausência será vista', async () => {
    const saidas: PromiseWithResolvers<{ nomeSala: string }>[] = [];
    const sair = vi.fn<Store['sair']>(() => {
      const saida = promessaAberta<{ nomeSala: string }>();
      saidas.push(saida);
      return saida.promise;
    });
    const { presencas, relogio, varredura } = abrirVarredura({ sair });
    presencas.iniciar(1, true);
    relogio.avancar(USUARIO_AUSENTE_MS);

    const passada = varredura.varrer();
    await assentar();
    presencas.renovar(1);
    saidas[0]?.resolve({ nomeSala: 'Sala' });
    await passada;

    relogio.avancar(USUARIO_AUSENTE_MS - 1);
    await varredura.varrer();
    expect(sair).toHaveBeenCalledTimes(1);
    relogio.avancar(1);
    const outra = varredura.varrer();
    await assentar();
    saidas[1]?.resolve({ nomeSala: 'Sala' });
    await outra;
    expect(sair).toHaveBeenCalledTimes(2);
  });

  test('com o store sem poder gravar, a saída é tentada de novo na passada seguinte', async () => {
    let cheio = true;
    const sairam: number[] = [];
    const sair: Store['sair'] = async (sessaoId) => {
      if (cheio) throw INDISPONIVEL;
      sairam.push(sessaoId);
      return { nomeSala: 'Sala' };
    };
    const { presencas, relogio, varredura } = abrirVarredura({ sair });
    presencas.iniciar(1, true);
    relogio.avancar(USUARIO_AUSENTE_MS);
    await expect(varredura.varrer()).rejects.toBe(INDISPONIVEL);

    cheio = false;
    relogio.avancar(SEGUNDO_MS);
    await varredura.varrer();
    await varredura.varrer();
    expect(sairam).toEqual([1]);
  });

  test('a hora do mundo que pula uma hora não tira ninguém da sala nem acaba sessão', async () => {
    const { presencas, relogio, varredura, sairam, encerradas } = abrirVarredura();
    presencas.iniciar(1, true);
    relogio.acertarHora(60 * MINUTO_MS);
    await varredura.varrer();
    relogio.acertarHora(-120 * MINUTO_MS);
    await varredura.varrer();
    expect([...sairam, ...encerradas]).toEqual([]);
  });
});

describe('a sessão sem sinal de vida', () => {
  test('acaba aos 30 min, não antes, e uma vez só', async () => {
    const { presencas, relogio, varredura, encerradas } = abrirVarredura();
    presencas.iniciar(1, true);
    relogio.avancar(SESSAO_EXPIRA_MS - 1);
    await varredura.varrer();
    expect(encerradas).toEqual([]);

    relogio.avancar(1);
    await varredura.varrer();
    await varredura.varrer();
    expect(encerradas).toEqual([1]);
    expect([...presencas.todas()]).toEqual([]);
  });

  test('o fim da sessão já é a saída da sala: não se grava uma segunda', async () => {
    const { presencas, relogio, varredura, sairam, encerradas } = abrirVarredura();
    presencas.iniciar(1, true);
    relogio.avancar(SESSAO_EXPIRA_MS);
    await varredura.varrer();
    expect(encerradas).toEqual([1]);
    expect(sairam).toEqual([]);
  });

  test('a que nunca chamou acaba 5 min depois do registro', async () => {
    const { presencas, relogio, varredura, encerradas } = abrirVarredura();
    presencas.iniciar(1, false);
    relogio.avancar(REGISTRO_SEM_CHAMADA_MS - 1);
    await varredura.varrer();
    expect(encerradas).toEqual([]);
    relogio.avancar(1);
    await varredura.varrer();
    expect(encerradas).toEqual([1]);
  });

  test('a que chamou, mas cuja confirmação não pôde ser gravada, não acaba por isso', async () => {
    const token = novoToken();
    const sessao: Sessao = { id: 1, nome: 'Pedro', sala: 'Sala', confirmada: false };
    const verbos: Partial<Store> = {
      sessaoDoToken: async (hash) => (hash.equals(hashDoToken(token)) ? sessao : undefined),
      confirmar: () => Promise.reject(INDISPONIVEL),
    };
    const { presencas, relogio, varredura, encerradas } = abrirVarredura(verbos);
    const { identificar } = criarAutenticacao(presencas);
    presencas.iniciar(1, false);

    // Disco cheio por mais de 5 min, e a pessoa chamando o tempo todo.
    for (let chamada = 0; chamada < 12; chamada += 1) {
      relogio.avancar(30 * SEGUNDO_MS);
      await identificar({ bearer: token, enderecoRemoto: '127.0.0.1', conexao: {}, aoDesistir: () => {} });
    }
    await varredura.varrer();

    expect(encerradas).toEqual([]);
  });

  test('com o store sem poder gravar, o fim é tentado de novo, e a presença não se esquece antes', async () => {
    let cheio = true;
    const encerradas: number[] = [];
    const { presencas, relogio, varredura } = abrirVarredura({
      encerrar: async (sessaoId) => {
        if (cheio) throw INDISPONIVEL;
        encerradas.push(sessaoId);
        return true;
      },
    });
    presencas.iniciar(1, true);
    relogio.avancar(SESSAO_EXPIRA_MS);
    await expect(varredura.varrer()).rejects.toBe(INDISPONIVEL);
    expect([...presencas.todas()]).toHaveLength(1);

    cheio = false;
    await varredura.varrer();
    expect(encerradas).toEqual([1]);
  });

  test('uma sessão que outro já encerrou é esquecida sem erro', async () => {
    const { presencas, relogio, varredura } = abrirVarredura({ encerrar: async () => false });
    presencas.iniciar(1, true);
    relogio.avancar(SESSAO_EXPIRA_MS);
    await varredura.varrer();
    expect([...presencas.todas()]).toEqual([]);
  });

  test('depois de uma partida todos têm um prazo inteiro, e a confirmação de antes vale', async () => {
    const { relogio, varredura, encerradas, sairam } = abrirVarredura({
      sessoes: async () => [
        { id: 1, nome: 'Pedro', sala: 'Sala', confirmada: true },
        { id: 2, nome: 'Maria', sala: null, confirmada: false },
      ],
    });
    await varredura.iniciar();

    relogio.avancar(USUARIO_AUSENTE_MS - 1);
    await varredura.varrer();
    expect(sairam).toEqual([]);
    relogio.avancar(REGISTRO_SEM_CHAMADA_MS);
    await varredura.varrer();
    expect(encerradas).toEqual([2]);
    expect(sairam).toEqual([1]);
  });
});

describe('a sala sem ninguém', () => {
  test('é removida aos 5 min, não antes', async () => {
    const { relogio, varredura, removidas, esvaziar } = abrirVarredura();
    esvaziar(SALA);
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS - 1);
    await varredura.varrer();
    expect(removidas).toEqual([]);
    relogio.avancar(1);
    await varredura.varrer();
    expect(removidas).toEqual([1]);
  });

  test('ocupada e esvaziada de novo, tem um prazo inteiro, mesmo que nenhuma passada a tenha visto ocupada', async () => {
    const { relogio, varredura, removidas, esvaziar, ocupar } = abrirVarredura();
    esvaziar(SALA);
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS - SEGUNDO_MS);
    ocupar(1, 'SALA');
    esvaziar(SALA);
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS - 1);
    await varredura.varrer();
    expect(removidas).toEqual([]);
    relogio.avancar(1);
    await varredura.varrer();
    expect(removidas).toEqual([1]);
  });

  const VENCIDA = { salaId: 2, nomeSala: 'Vencida' };
  test.each([
    ['já olhada', [SALA, VENCIDA]],
    ['ainda por olhar', [VENCIDA, SALA]],
  ])('ocupada e esvaziada enquanto a varredura remove outra, %s, tem um prazo inteiro', async (_, ordem) => {
    const remocao = promessaAberta<boolean>();
    const removidas: number[] = [];
    let vazias = [VENCIDA];
    const { relogio, varredura } = abrirVarredura({
      salasVazias: async () => vazias,
      removerSalaVazia: ({ salaId }) => {
        removidas.push(salaId);
        return salaId === VENCIDA.salaId ? remocao.promise : Promise.resolve(true);
      },
    });
    await varredura.varrer();
    relogio.avancar(SEGUNDO_MS);
    vazias = ordem;
    await varredura.varrer();

    // A passada para na remoção da vencida: é aí que alguém entra na outra e sai.
    relogio.avancar(SALA_INATIVA_MS - SEGUNDO_MS);
    const passada = varredura.varrer();
    await assentar();
    expect(removidas).toEqual([VENCIDA.salaId]);
    relogio.avancar(SEGUNDO_MS);
    varredura.salaOcupada('Sala');
    vazias = [SALA];
    remocao.resolve(true);
    await passada;

    relogio.avancar(SALA_INATIVA_MS - SEGUNDO_MS);
    await varredura.varrer();
    expect(removidas).toEqual([VENCIDA.salaId]);
  });

  test('uma sala nova com o nome de uma removida tem seu próprio prazo', async () => {
    const { relogio, varredura, removidas, esvaziar, ocupar } = abrirVarredura();
    esvaziar(SALA);
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS - 1);
    ocupar(1, 'outra qualquer');
    esvaziar({ salaId: 9, nomeSala: 'sala' });
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS - 1);
    await varredura.varrer();
    expect(removidas).toEqual([]);
  });

  test('se alguém entrou no último instante, fica, e seu prazo recomeça', async () => {
    let ocupada = true;
    const tentativas: number[] = [];
    const { relogio, varredura, esvaziar, ocupar } = abrirVarredura({
      removerSalaVazia: async ({ salaId }) => {
        tentativas.push(salaId);
        return !ocupada;
      },
    });
    esvaziar(SALA);
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS);
    await varredura.varrer();
    expect(tentativas).toEqual([1]);

    ocupar(1, 'Sala');
    await varredura.varrer();
    ocupada = false;
    esvaziar(SALA);
    await varredura.varrer();
    expect(tentativas).toEqual([1]);
  });

  test('com o store sem poder gravar, a remoção é tentada de novo', async () => {
    let cheio = true;
    const removidas: number[] = [];
    const { relogio, varredura, esvaziar } = abrirVarredura({
      removerSalaVazia: async ({ salaId }) => {
        if (cheio) throw INDISPONIVEL;
        removidas.push(salaId);
        return true;
      },
    });
    esvaziar(SALA);
    await varredura.varrer();
    relogio.avancar(SALA_INATIVA_MS);
    await expect(varredura.varrer()).rejects.toBe(INDISPONIVEL);
    cheio = false;
    relogio.avancar(SEGUNDO_MS);
    await varredura.varrer();
    expect(removidas).toEqual([1]);
  });
});

describe('a passada', () => {
  test('um usuário cuja saída falha não impede a saída dos outros', async () => {
    const sairam: number[] = [];
    const { presencas, relogio, varredura } = abrirVarredura({
      sair: async (sessaoId) => {
        if (sessaoId === 1) throw INDISPONIVEL;
        sairam.push(sessaoId);
        return { nomeSala: 'Sala' };
      },
    });
    for (const sessao of [1, 2, 3]) presencas.iniciar(sessao, true);
    relogio.avancar(USUARIO_AUSENTE_MS);
    await varredura.varrer().catch(() => {});
    expect(sairam).toEqual([2, 3]);
  });

  test('um usuário cuja saída falha não alonga o prazo das salas', async () => {
    const { presencas, relogio, varredura, removidas, esvaziar } = abrirVarredura({
      sair: () => Promise.reject(INDISPONIVEL),
    });
    presencas.iniciar(1, true);
    relogio.avancar(USUARIO_AUSENTE_MS);
    esvaziar(SALA);
    await varredura.varrer().catch(() => {});
    relogio.avancar(SALA_INATIVA_MS);
    await varredura.varrer().catch(() => {});
    expect(removidas).toEqual([1]);
  });

  test('acontece a cada segundo, uma de cada vez, e uma falha não impede a seguinte', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const passadas: PromiseWithResolvers<SalaVazia[]>[] = [];
    const { varredura, falhas } = abrirVarredura({
      salasVazias: () => {
        const passada = promessaAberta<SalaVazia[]>();
        passadas.push(passada);
        return passada.promise;
      },
    });
    await varredura.iniciar();

    vi.advanceTimersByTime(SEGUNDO_MS);
    await assentar();
    vi.advanceTimersByTime(3 * SEGUNDO_MS);
    await assentar();
    expect(passadas).toHaveLength(1);

    passadas[0]?.reject(INDISPONIVEL);
    await assentar();
    expect(falhas).toEqual([INDISPONIVEL]);
    vi.advanceTimersByTime(SEGUNDO_MS);
    await assentar();
    expect(passadas).toHaveLength(2);
    passadas[1]?.resolve([]);
  });

  test('fechar espera pela que está em andamento: o store não some debaixo dela', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const passada = promessaAberta<SalaVazia[]>();
    const limpar = vi.fn<Store['limpar']>(async () => false);
    const { varredura } = abrirVarredura({ salasVazias: () => passada.promise, limpar });
    await varredura.iniciar();
    vi.advanceTimersByTime(SEGUNDO_MS);
    await assentar();

    let fechou = false;
    const fim = varredura.close().then(() => {
      fechou = true;
    });
    await assentar();
    expect(fechou).toBe(false);

    passada.resolve([]);
    await fim;
    expect(limpar).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10 * SEGUNDO_MS);
    await assentar();
    expect(limpar).toHaveBeenCalledTimes(1);
  });

  test('limpa o que o store tem por apagar, sem insistir quando não resta nada', async () => {
    const restam = [true, true, false];
    const limpar = vi.fn<Store['limpar']>(async () => restam.shift() ?? false);
    const { varredura } = abrirVarredura({ limpar });
    while (restam.length > 0) await varredura.varrer();
    expect(limpar).toHaveBeenCalledTimes(3);
  });

  test('um store que sempre tem o que apagar não prende a passada: os prazos vêm antes', async () => {
    const { varredura } = abrirVarredura({ limpar: async () => true });
    await varredura.varrer();
    await varredura.varrer();
  });
});
