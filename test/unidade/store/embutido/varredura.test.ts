/** A varredura do arquivo: quem chega enquanto ela age, o que falha, e muito o que fazer de uma vez. */

import { describe, expect, test, vi } from 'vitest';
import { ContractError } from '../../../../src/contract/errors.ts';
import { Presencas } from '../../../../src/store/embutido/presencas.ts';
import { SEM_AJUSTES } from '../../../../src/store/embutido/tabelas/ajustes.ts';
import { SalasAbertas } from '../../../../src/store/embutido/tabelas/salas-abertas.ts';
import { type AtosDaVarredura, Varredura } from '../../../../src/store/embutido/varredura.ts';
import type { EmEspera } from '../../../../src/store/store.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';

const PRAZOS = { usuarioAusenteMs: 40_000, sessaoExpiraMs: 120_000, salaInativaMs: 20_000 };
const PASSO_MS = 5_000;
/** O intervalo entre duas passadas, num servidor. */
const PASSADA_MS = 500;
const MAXIMO_JUNTOS = 256;
const MUITOS = 1_000;

const INDISPONIVEL = new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 1000 });

function abrirVarredura(atos: Partial<AtosDaVarredura> = {}, emEspera: EmEspera = new Set()) {
  const relogio = relogioDeTeste();
  const presencas = new Presencas(relogio);
  const salas = new SalasAbertas(relogio.monotonicoMs);
  const sairam: number[] = [];
  const encerradas: number[] = [];
  const removidas: number[] = [];
  const varredura = new Varredura({
    clock: relogio,
    prazos: PRAZOS,
    presencas,
    salas,
    emEspera,
    atos: {
      sair: async (sessaoId) => sairam.push(sessaoId),
      encerrar: async (sessaoId) => {
        encerradas.push(sessaoId);
        presencas.esquecer(sessaoId);
      },
      removerSala: async ({ salaId }) => {
        removidas.push(salaId);
        salas.fechar(salaId);
      },
      limpar: async () => false,
      ...atos,
    },
  });
  return {
    relogio,
    presencas,
    salas,
    varredura,
    sairam,
    encerradas,
    removidas,
    /** Passa tempo sem que seja uma interrupção; o que vence só acaba na passada seguinte. */
    passar: async (ms: number) => {
      for (let faltamMs = ms; faltamMs > PASSO_MS; faltamMs -= PASSO_MS) {
        relogio.avancar(PASSO_MS);
        await varredura.varrer();
      }
      relogio.avancar(ms % PASSO_MS || PASSO_MS);
    },
  };
}

/** Um ato que só se cumpre quando o teste manda, e conta quantos esperam. */
function atoQueEspera() {
  let emAndamento: (() => void)[] = [];
  const pedidos: number[] = [];
  return {
    pedidos,
    agir: (id: number) => {
      pedidos.push(id);
      return new Promise<void>((resolve) => emAndamento.push(resolve));
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

function assentar(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('muito o que fazer de uma vez', () => {
  test('as salas se removem muitas por commit, mas nunca todas juntas, e nenhuma fica', async () => {
    const remocao = atoQueEspera();
    const { salas, varredura, passar } = abrirVarredura({ removerSala: ({ salaId }) => remocao.agir(salaId) });
    for (let n = 0; n < MUITOS; n += 1) salas.abrir({ id: n, nome: `Sala ${n}` }, SEM_AJUSTES);
    await passar(PRAZOS.salaInativaMs);
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

  test('a sala em que alguém entra enquanto outras se removem não chega a ser pedida, nem que já tenha saído', async () => {
    const remocao = atoQueEspera();
    const { salas, varredura, passar } = abrirVarredura({ removerSala: ({ salaId }) => remocao.agir(salaId) });
    for (let n = 0; n < MUITOS; n += 1) salas.abrir({ id: n, nome: `Sala ${n}` }, SEM_AJUSTES);
    await passar(PRAZOS.salaInativaMs);
    const passada = varredura.varrer();
    await vi.waitFor(() => expect(remocao.pedidos).toHaveLength(MAXIMO_JUNTOS));
    for (const id of [MUITOS - 1, MUITOS - 2]) salas.entrou(id);
    salas.saiu(MUITOS - 2);
    while ((await remocao.concluir()) > 0);
    await passada;
    expect(remocao.pedidos).toHaveLength(MUITOS - 2);
  });

  test('quem chama enquanto outros saem por ausência não sai', async () => {
    const saida = atoQueEspera();
    const { presencas, varredura, passar } = abrirVarredura({ sair: saida.agir });
    for (let sessao = 0; sessao < MUITOS; sessao += 1) presencas.iniciar(sessao, true);
    await passar(PRAZOS.usuarioAusenteMs);
    const passada = varredura.varrer();
    await assentar();
    expect(saida.pedidos).toHaveLength(MAXIMO_JUNTOS);
    presencas.renovar(MUITOS - 1);
    while ((await saida.concluir()) > 0);
    await passada;
    expect(saida.pedidos).toHaveLength(MUITOS - 1);
    expect(saida.pedidos).not.toContain(MUITOS - 1);
  });

  test('um arquivo que sempre tem o que apagar não prende a passada', async () => {
    const limpar = vi.fn(async () => true);
    const { varredura } = abrirVarredura({ limpar });
    await varredura.varrer();
    expect(limpar).toHaveBeenCalledTimes(20);
  });
});

test('quem espera não é dado por ausente, e não custa nada a cada passada: podem ser 20.000', async () => {
  const emEspera = new Set([1]);
  const [has, keys] = [vi.spyOn(emEspera, 'has'), vi.spyOn(emEspera, 'keys')];
  const { presencas, varredura, relogio, sairam } = abrirVarredura({}, emEspera);
  presencas.iniciar(1, true);
  const passadas = (2 * PRAZOS.usuarioAusenteMs) / PASSADA_MS;
  for (let passada = 0; passada < passadas; passada += 1) {
    await varredura.varrer();
    relogio.avancar(PASSADA_MS);
  }
  expect(sairam).toEqual([]);
  expect(has).toHaveBeenCalledTimes(1);
  expect(keys).not.toHaveBeenCalled();
});

describe('o usuário ausente', () => {
  test('que não está em sala nenhuma não é tirado de novo a cada passada', async () => {
    const sair = vi.fn(() => Promise.reject(new ContractError('FORA_DA_SALA')));
    const { presencas, varredura, passar } = abrirVarredura({ sair });
    presencas.iniciar(1, true);
    await passar(PRAZOS.usuarioAusenteMs);
    await varredura.varrer();
    await varredura.varrer();
    expect(sair).toHaveBeenCalledTimes(1);
  });

  test('cuja chamada chega enquanto a saída é gravada está presente: a próxima ausência será vista', async () => {
    const saida = atoQueEspera();
    const { presencas, relogio, varredura, passar } = abrirVarredura({ sair: saida.agir });
    presencas.iniciar(1, true);
    await passar(PRAZOS.usuarioAusenteMs);
    const passada = varredura.varrer();
    await assentar();
    presencas.renovar(1);
    await saida.concluir();
    await passada;

    await passar(PRAZOS.usuarioAusenteMs - 1);
    await varredura.varrer();
    expect(saida.pedidos).toEqual([1]);
    relogio.avancar(1);
    const outra = varredura.varrer();
    await assentar();
    expect(saida.pedidos).toEqual([1, 1]);
    await saida.concluir();
    await outra;
  });

  test('cuja saída não se pôde gravar sai na passada seguinte, e não impede a dos outros nem a remoção das salas', async () => {
    let cheio = true;
    const sairam: number[] = [];
    const { presencas, salas, varredura, passar, removidas } = abrirVarredura({
      sair: async (sessaoId) => {
        if (cheio && sessaoId === 1) throw INDISPONIVEL;
        sairam.push(sessaoId);
      },
    });
    for (const sessao of [1, 2, 3]) presencas.iniciar(sessao, true);
    await passar(PRAZOS.usuarioAusenteMs - PRAZOS.salaInativaMs);
    salas.abrir({ id: 7, nome: 'Vazia' }, SEM_AJUSTES);
    await passar(PRAZOS.salaInativaMs);
    await expect(varredura.varrer()).rejects.toBe(INDISPONIVEL);
    expect(sairam).toEqual([2, 3]);
    expect(removidas).toEqual([7]);
    cheio = false;
    await varredura.varrer();
    await varredura.varrer();
    expect(sairam).toEqual([2, 3, 1]);
  });
});

describe('a sessão sem presença', () => {
  test('acaba uma vez só, e acabar já é sair da sala', async () => {
    const { presencas, passar, varredura, sairam, encerradas } = abrirVarredura();
    presencas.iniciar(1, true);
    await passar(PRAZOS.usuarioAusenteMs - PASSO_MS);
    presencas.renovar(1);
    sairam.length = 0;
    // Os dois prazos na mesma passada.
    (presencas.renovar(1) as { ultimaMs: number }).ultimaMs -= PRAZOS.sessaoExpiraMs;
    await varredura.varrer();
    await varredura.varrer();
    expect(encerradas).toEqual([1]);
    expect(sairam).toEqual([]);
  });

  test('cujo fim não se pôde gravar acaba na passada seguinte, e a presença não se esquece antes', async () => {
    let cheio = true;
    const encerradas: number[] = [];
    const { presencas, varredura, passar } = abrirVarredura({
      encerrar: async (sessaoId) => {
        if (cheio) throw INDISPONIVEL;
        encerradas.push(sessaoId);
      },
    });
    presencas.iniciar(1, true);
    await passar(PRAZOS.sessaoExpiraMs);
    await expect(varredura.varrer()).rejects.toBe(INDISPONIVEL);
    expect([...presencas.todas()]).toHaveLength(1);
    cheio = false;
    await varredura.varrer();
    expect(encerradas).toEqual([1]);
  });
});
