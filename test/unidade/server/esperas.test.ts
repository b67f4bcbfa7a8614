import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Esperas } from '../../../src/server/esperas.ts';
import { relogioDeTeste } from '../../suporte/relogio.ts';
import { assentar, estado, gravada } from './apoio.ts';

/** Uma espera pode passar do pedido em até um passo da varredura; uma longa, também em até um grupo. */
const PASSO_MS = 50;
const LONGA_MS = 10_000;
const GRUPO_MS = 250;

function abrirEsperas() {
  const relogio = relogioDeTeste();
  const esperas = new Esperas(relogio);
  onTestFinished(() => esperas.close());
  return { relogio, esperas };
}

describe('o que acorda uma espera', () => {
  test('uma mensagem para todos acorda todas as esperas da sala, e nenhuma de outra', async () => {
    const { esperas } = abrirEsperas();
    const pedro = esperas.abrir(1, 'Sala', 1000);
    const maria = esperas.abrir(2, 'Sala', 1000);
    const fora = esperas.abrir(3, 'Outra', 1000);

    esperas.acordar(gravada(1));

    expect(await estado(pedro.desfecho)).toBe('mensagem');
    expect(await estado(maria.desfecho)).toBe('mensagem');
    expect(await estado(fora.desfecho)).toBe('pendente');
  });

  test('uma mensagem privada só acorda quem pode vê-la: nem o tempo da resposta conta que ela existe', async () => {
    const { esperas } = abrirEsperas();
    const pedro = esperas.abrir(1, 'Sala', 1000);
    const maria = esperas.abrir(2, 'Sala', 1000);
    const curioso = esperas.abrir(3, 'Sala', 1000);

    esperas.acordar(gravada(1, { tipo: 'unicast', destino: 'Maria' }, [1, 2]));

    expect(await estado(pedro.desfecho)).toBe('mensagem');
    expect(await estado(maria.desfecho)).toBe('mensagem');
    expect(await estado(curioso.desfecho)).toBe('pendente');
    expect(esperas.abertas.has(3)).toBe(true);
  });

  test('quem pode ver uma privada mas espera em outra sala não é acordado por ela', async () => {
    const { esperas } = abrirEsperas();
    const maria = esperas.abrir(2, 'Outra', 1000);

    esperas.acordar(gravada(1, { tipo: 'unicast', destino: 'Maria' }, [1, 2]));

    expect(await estado(maria.desfecho)).toBe('pendente');
  });

  test('a sala de uma espera é a mesma com outras maiúsculas ou outra forma Unicode', async () => {
    const { esperas } = abrirEsperas();
    const espera = esperas.abrir(1, 'CAFE\u0301', 1000);

    esperas.acordar(gravada(1, { sala: 'café' }));

    expect(await estado(espera.desfecho)).toBe('mensagem');
  });

  test('uma espera cumprida já não conta como presença nem é acordada de novo', async () => {
    const { esperas } = abrirEsperas();
    const espera = esperas.abrir(1, 'Sala', 1000);
    esperas.acordar(gravada(1));
    espera.terminar();

    expect(await estado(espera.desfecho)).toBe('mensagem');
    expect(esperas.abertas.has(1)).toBe(false);
  });
});

describe('uma espera por sessão', () => {
  test('a mais nova termina a anterior, e só ela continua esperando', async () => {
    const { esperas } = abrirEsperas();
    const antiga = esperas.abrir(1, 'Sala', 1000);
    const nova = esperas.abrir(1, 'Sala', 1000);

    expect(await estado(antiga.desfecho)).toBe('fim');
    expect(await estado(nova.desfecho)).toBe('pendente');
  });

  test('quando a anterior se despede depois de substituída, a mais nova não perde seu lugar', async () => {
    const { esperas } = abrirEsperas();
    const antiga = esperas.abrir(1, 'Sala', 1000);
    const nova = esperas.abrir(1, 'Sala', 1000);
    antiga.terminar();

    expect(esperas.abertas.has(1)).toBe(true);
    esperas.acordar(gravada(1, { tipo: 'unicast' }, [1]));
    expect(await estado(nova.desfecho)).toBe('mensagem');
  });

  test('a que a sessão passou a ter em outro servidor termina a daqui, e só a dela', async () => {
    const { esperas } = abrirEsperas();
    const pedro = esperas.abrir(1, 'Sala', 1000);
    const maria = esperas.abrir(2, 'Sala', 1000);

    esperas.terminar(1);
    esperas.terminar(3);

    expect(await estado(pedro.desfecho)).toBe('fim');
    expect(await estado(maria.desfecho)).toBe('pendente');
    expect(esperas.abertas.has(1)).toBe(false);
  });

  test('a espera de uma sessão não termina a de outra', async () => {
    const { esperas } = abrirEsperas();
    const pedro = esperas.abrir(1, 'Sala', 1000);
    esperas.abrir(2, 'Sala', 1000);

    expect(await estado(pedro.desfecho)).toBe('pendente');
  });
});

/** Abre uma espera por sessão, e conta as que se concluem. */
function abrirMuitas(esperas: Esperas, primeira: number, quantas: number) {
  const concluidas: number[] = [];
  for (let sessao = primeira; sessao < primeira + quantas; sessao += 1) {
    void esperas.abrir(sessao, 'Sala', 1000).desfecho.then(() => concluidas.push(sessao));
  }
  return concluidas;
}

/** @returns quantas voltas do event loop até que a condição valha */
async function voltasAte(condicao: () => boolean): Promise<number> {
  let voltas = 0;
  for (; !condicao(); voltas += 1) await assentar();
  return voltas;
}

describe('muitas esperas na mesma sala', () => {
  const MUITAS = 2_000;

  test.each([
    ['a mensagem que as acorda', (esperas: Esperas) => esperas.acordar(gravada(1))],
    ['o tempo que acaba para todas', (esperas: Esperas) => esperas.vencer()],
  ])('não se concluem todas na mesma volta do event loop: %s', async (_, agir) => {
    const { relogio, esperas } = abrirEsperas();
    const concluidas = abrirMuitas(esperas, 1, MUITAS);
    relogio.avancar(1000 + PASSO_MS);
    agir(esperas);
    await Promise.resolve();
    await Promise.resolve();
    expect(concluidas.length).toBeGreaterThan(0);
    expect(concluidas.length).toBeLessThan(MUITAS / 10);
    expect(await voltasAte(() => concluidas.length === MUITAS)).toBeGreaterThan(10);
    expect(concluidas).toEqual([...concluidas].sort((a, b) => a - b));
  });

  test('uma sala cheia conclui em duas voltas; uma multidão, menos por volta, e a sala cheia que vem depois, de novo em duas', async () => {
    const { esperas } = abrirEsperas();
    const voltasDe = async (quantas: number) => {
      const concluidas = abrirMuitas(esperas, 1, quantas);
      esperas.acordar(gravada(1));
      return voltasAte(() => concluidas.length === quantas);
    };
    expect(await voltasDe(200)).toBeLessThanOrEqual(2);
    expect(await voltasDe(MUITAS)).toBeGreaterThan((2 * MUITAS) / 100);
    expect(await voltasDe(200)).toBeLessThanOrEqual(2);
  });

  test('muitas mensagens não as põem na fila muitas vezes: quem espera depois não espera por isso', async () => {
    const { esperas } = abrirEsperas();
    const concluidas = abrirMuitas(esperas, 1, MUITAS);
    esperas.acordar(gravada(1));
    const soUma = await voltasAte(() => concluidas.length === MUITAS);

    const outras = abrirMuitas(esperas, 1, MUITAS);
    for (let id = 2; id < 20; id += 1) {
      esperas.acordar(gravada(id));
      esperas.acordar(gravada(id, { tipo: 'unicast' }, [1, MUITAS]));
    }
    const { desfecho } = esperas.abrir(MUITAS + 1, 'Sala', 1000);
    let chegou = false;
    void desfecho.then(() => {
      chegou = true;
    });
    esperas.acordar(gravada(20));
    expect(await voltasAte(() => chegou)).toBeLessThanOrEqual(soUma + 1);
    expect(outras).toHaveLength(MUITAS);
  });

  test('a que foi acordada e vence enquanto está na fila vai buscar a mensagem', async () => {
    const { relogio, esperas } = abrirEsperas();
    abrirMuitas(esperas, 1, MUITAS);
    const { desfecho } = esperas.abrir(MUITAS + 1, 'Sala', 1000);
    esperas.acordar(gravada(1));
    relogio.avancar(1000 + PASSO_MS);
    esperas.vencer();
    expect(await desfecho).toBe('mensagem');
  });

  test('a que venceu e é acordada enquanto está na fila também', async () => {
    const { relogio, esperas } = abrirEsperas();
    abrirMuitas(esperas, 1, MUITAS);
    const { desfecho } = esperas.abrir(MUITAS + 1, 'Sala', 1000);
    relogio.avancar(1000 + PASSO_MS);
    esperas.vencer();
    esperas.acordar(gravada(1, { tipo: 'unicast' }, [MUITAS + 1]));
    expect(await desfecho).toBe('mensagem');
  });

  test('enquanto não chega a sua vez, uma espera conta como presença', async () => {
    const { esperas } = abrirEsperas();
    const concluidas = abrirMuitas(esperas, 1, MUITAS);
    esperas.acordar(gravada(1));
    expect(esperas.abertas.has(MUITAS)).toBe(true);
    await voltasAte(() => concluidas.length === MUITAS);
    expect(esperas.abertas.has(MUITAS)).toBe(false);
  });

  test('a mais nova de uma sessão conclui antes a que está na fila, com o desfecho que ela já tinha', async () => {
    const { esperas } = abrirEsperas();
    abrirMuitas(esperas, 1, MUITAS);
    const antiga = esperas.abrir(MUITAS + 1, 'Sala', 1000);
    esperas.acordar(gravada(1));
    const nova = esperas.abrir(MUITAS + 1, 'Sala', 1000);
    const ordem: string[] = [];
    void antiga.desfecho.then((desfecho) => ordem.push(`antiga: ${desfecho}`));
    void nova.desfecho.then((desfecho) => ordem.push(`nova: ${desfecho}`));
    await assentar();
    expect(ordem).toEqual(['antiga: mensagem']);
    esperas.acordar(gravada(2));
    await voltasAte(() => ordem.length === 2);
    expect(ordem).toEqual(['antiga: mensagem', 'nova: mensagem']);
  });

  test('fechar conclui já as que estão na fila, e as outras', async () => {
    const { esperas } = abrirEsperas();
    const naFila = abrirMuitas(esperas, 1, MUITAS);
    esperas.acordar(gravada(1));
    const outra = esperas.abrir(MUITAS + 1, 'Sala', 1000);
    esperas.close();
    expect(await estado(outra.desfecho)).toBe('fim');
    expect(naFila).toHaveLength(MUITAS);
  });
});

describe('o fim do tempo', () => {
  test('uma espera não termina antes do que pediu; termina no máximo um passo depois, ou um grupo e um passo se é longa', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 1, max: 30_000 }),
        async (antes, dura) => {
          const relogio = relogioDeTeste();
          const esperas = new Esperas(relogio);
          try {
            relogio.avancar(antes);
            esperas.vencer();
            const { desfecho } = esperas.abrir(1, 'Sala', dura);
            relogio.avancar(dura - 1);
            esperas.vencer();
            expect(await estado(desfecho)).toBe('pendente');
            relogio.avancar(1 + PASSO_MS + (dura < LONGA_MS ? 0 : GRUPO_MS));
            esperas.vencer();
            expect(await estado(desfecho)).toBe('fim');
            expect(esperas.abertas.has(1)).toBe(false);
          } finally {
            esperas.close();
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('as longas que vencem perto umas das outras terminam juntas; as curtas, cada uma no seu passo', async () => {
    const { relogio, esperas } = abrirEsperas();
    const terminadas: number[] = [];
    const abrir = (sessao: number, dura: number) =>
      void esperas.abrir(sessao, 'Sala', dura).desfecho.then(() => terminadas.push(sessao));
    const passar = async (ms: number) => {
      relogio.avancar(ms);
      esperas.vencer();
      await assentar();
      return terminadas.splice(0);
    };
    await passar(GRUPO_MS - (relogio.monotonicoMs() % GRUPO_MS));
    for (const [sessao, depois] of [1, 80, 160, 240].entries()) abrir(sessao, 2 * LONGA_MS + depois);
    for (const [sessao, depois] of [1, 80].entries()) abrir(10 + sessao, LONGA_MS - GRUPO_MS + depois);

    expect(await passar(LONGA_MS - GRUPO_MS + PASSO_MS)).toEqual([10]);
    expect(await passar(PASSO_MS)).toEqual([11]);
    expect(await passar(LONGA_MS + GRUPO_MS - PASSO_MS)).toEqual([]);
    expect(await passar(GRUPO_MS)).toEqual([0, 1, 2, 3]);
  });

  test('a hora do mundo pode pular uma hora sem que espera alguma termine ou se alongue', async () => {
    const { relogio, esperas } = abrirEsperas();
    const { desfecho } = esperas.abrir(1, 'Sala', 1000);

    relogio.acertarHora(3_600_000);
    esperas.vencer();
    expect(await estado(desfecho)).toBe('pendente');

    relogio.acertarHora(-7_200_000);
    relogio.avancar(1000 + PASSO_MS);
    esperas.vencer();
    expect(await estado(desfecho)).toBe('fim');
  });

  test('uma passada atrasada termina tudo o que venceu, também o que venceu há muito', async () => {
    const { relogio, esperas } = abrirEsperas();
    const duracoes = [100, 900, 20_000];
    const vencidas = duracoes.map((duracao, sessao) => esperas.abrir(sessao, 'Sala', duracao));
    const viva = esperas.abrir(99, 'Sala', 30_000);

    relogio.avancar(25_000);
    esperas.vencer();

    for (const { desfecho } of vencidas) expect(await estado(desfecho)).toBe('fim');
    expect(await estado(viva.desfecho)).toBe('pendente');
  });
});

describe('o fim do servidor', () => {
  test('fechar termina todas', async () => {
    const { esperas } = abrirEsperas();
    const abertas = [1, 2, 3].map((sessao) => esperas.abrir(sessao, 'Sala', 30_000));

    esperas.close();

    for (const { desfecho } of abertas) expect(await estado(desfecho)).toBe('fim');
  });

  test('a que se abre depois de fechado já nasce terminada, e não segura o fim de ninguém', async () => {
    const { esperas } = abrirEsperas();
    esperas.close();

    expect(await estado(esperas.abrir(1, 'Sala', 30_000).desfecho)).toBe('fim');
    expect(esperas.abertas.has(1)).toBe(false);
  });

  test('fechar duas vezes é fechar uma', () => {
    const { esperas } = abrirEsperas();
    esperas.close();
    expect(() => esperas.close()).not.toThrow();
  });
});
