import { describe, expect, test } from 'vitest';
import type { Acontecimento, Falha, Garantia } from '../../../../../src/contract/janela.ts';
import { Historia, MAXIMO_DE_ACONTECIMENTOS } from '../../../../../src/janela/pagina/historia.ts';
import { Andamento } from '../../../../../src/janela/pagina/licoes/andamento.ts';
import { LICOES } from '../../../../../src/janela/pagina/licoes/licoes.ts';
import { LicoesFeitas } from '../../../../../src/janela/pagina/licoes/licoes-feitas.ts';
import { Tempo } from '../../../../../src/janela/pagina/tempo.ts';

const LIMPO = { enviadas: 1, confirmadas: 1, entregues: 1, perdidas: 0, dobradas: 0, fora_de_ordem: 0, vazadas: 0 };
const TODAS = { chave: true, cursor: true, espera: true, lease: true };
const INICIO_MS = 1_000;
const GUARDA_QUE_NAO_GUARDA = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

/** Um sistema com um robô, um binder e dois servidores, em que se conta uma história. */
function montar() {
  const historia = new Historia();
  const falhas: { falha: Falha; alvo: string; quandoMs: number }[] = [];
  let garantias: Record<Garantia, boolean> = TODAS;
  let n = 0;
  const dizer = (id: string, quandoMs: number, estado: 'vivo' | 'morto') => {
    const papel = id.startsWith('robo') ? 'cliente' : id === 'binder' ? 'binder' : 'servidor';
    const processo = { nome: id, papel, pid: 1, endereco: papel === 'cliente' ? null : `${id}:1`, estado } as const;
    historia.receber({ tipo: 'processo', id, quandoMs, processo });
  };
  for (const id of ['robo-1', 'binder', 'servidor-1', 'servidor-2']) dizer(id, 0, 'vivo');
  const contar = (processo: string, quandoMs: number, acontecimento: Record<string, unknown>) => {
    n += 1;
    const inteiro = { n, ms: quandoMs, ...acontecimento } as Acontecimento;
    historia.receber({ tipo: 'acontecimento', processo, quandoMs, acontecimento: inteiro });
  };
  const chamar = (
    quandoMs: number,
    procedimento: string,
    { em = 'servidor-1', falta = false, chave }: { em?: string; falta?: boolean; chave?: string } = {},
  ) => {
    const chamada = `${n}`.padStart(16, '0');
    contar('robo-1', quandoMs, { tipo: 'enviou', chamada, procedimento, para: `${em}:1`, ...(chave ? { chave } : {}) });
    contar(em, quandoMs + 1, { tipo: 'chegou', chamada, procedimento });
    contar(em, quandoMs + 2, { tipo: 'respondeu', chamada, desfecho: 'ok' });
    if (falta) contar('robo-1', quandoMs + 3, { tipo: 'desistiu', chamada, motivo: 'prazo' });
    else contar('robo-1', quandoMs + 3, { tipo: 'recebeu', chamada, desfecho: 'ok' });
    return chamada;
  };
  const situacao = (desdeMs: number) => ({ historia, veredito: LIMPO, garantias, falhas, desdeMs });
  const alcancada = (id: string) => LICOES.find((licao) => licao.id === id)?.provar(situacao(INICIO_MS));
  const andamento = new Andamento(new LicoesFeitas(() => GUARDA_QUE_NAO_GUARDA), historia);
  const conferir = () => andamento.conferir(situacao);
  const semEspera = () => {
    garantias = { ...TODAS, espera: false };
  };
  return { dizer, contar, chamar, alcancada, andamento, conferir, falhas, semEspera };
}

/** Lição → o que acontece, passo a passo; só depois do último ela está alcançada. */
const HISTORIAS: Readonly<Record<string, readonly ((sistema: ReturnType<typeof montar>) => void)[]>> = {
  lookup: [
    ({ chamar }) => chamar(2_000, 'enviar_mensagem', { falta: true }),
    ({ chamar }) => chamar(2_500, 'lookup_procedure', { em: 'binder' }),
    ({ chamar }) => chamar(3_000, 'enviar_mensagem'),
  ],
  lease: [
    ({ contar }) => contar('binder', 2_000, { tipo: 'lease', procedimento: 'p', endpoint: 'servidor-1:1', ttl_s: 3 }),
    ({ dizer }) => dizer('servidor-1', 3_000, 'morto'),
    ({ contar }) =>
      contar('binder', 5_000, { tipo: 'lease_fim', procedimento: 'p', endpoint: 'servidor-1:1', motivo: 'vencido' }),
  ],
  chave: [
    ({ chamar }) => chamar(2_000, 'enviar_mensagem', { chave: 'k', falta: true }),
    ({ chamar }) => chamar(2_500, 'enviar_mensagem', { chave: 'k' }),
  ],
  espera: [
    ({ semEspera }) => semEspera(),
    ({ chamar }) => {
      for (let i = 0; i < 10; i += 1) chamar(2_000 + i * 100, 'receber_mensagens');
    },
  ],
  volta: [
    ({ dizer }) => dizer('servidor-1', 2_000, 'morto'),
    ({ dizer }) => dizer('servidor-1', 3_000, 'vivo'),
    ({ chamar }) => chamar(3_500, 'enviar_mensagem'),
  ],
  dois: [
    ({ chamar }) => chamar(2_000, 'enviar_mensagem', { em: 'servidor-1' }),
    ({ chamar }) => chamar(2_500, 'enviar_mensagem', { em: 'servidor-2' }),
    ({ dizer }) => dizer('servidor-2', 3_000, 'morto'),
    ({ chamar }) => chamar(3_500, 'enviar_mensagem', { em: 'servidor-1' }),
  ],
  binder: [({ dizer }) => dizer('binder', 2_000, 'morto'), ({ chamar }) => chamar(2_500, 'enviar_mensagem')],
  ordem: [
    ({ falhas }) => falhas.push({ falha: 'atrasar', alvo: 'robo-1', quandoMs: 2_000 }),
    ({ chamar }) => chamar(2_500, 'enviar_mensagem'),
  ],
};

describe('as lições', () => {
  test('são oito, cada uma com um nome só seu', () => {
    expect(LICOES.map(({ id }) => id).sort()).toEqual(Object.keys(HISTORIAS).sort());
    expect(LICOES).toHaveLength(8);
  });

  test.each(Object.entries(HISTORIAS))('%s só é alcançada depois do último passo', (id, passos) => {
    const sistema = montar();
    for (const passo of passos) {
      expect(sistema.alcancada(id)).toBeUndefined();
      passo(sistema);
    }
    expect(sistema.alcancada(id)).toBeDefined();
  });

  test('a prova é a chamada que a alcançou, no instante em que acabou; a de um lease, só o instante', () => {
    const { chamar, contar, alcancada } = montar();
    chamar(2_000, 'enviar_mensagem', { chave: 'k', falta: true });
    const repetida = chamar(2_500, 'enviar_mensagem', { chave: 'k' });
    expect(alcancada('chave')).toEqual({ chamada: repetida, quandoMs: 2_503 });
    const lease = { procedimento: 'p', endpoint: 'servidor-1:1' };
    contar('binder', 3_000, { tipo: 'lease', ...lease, ttl_s: 3 });
    contar('binder', 6_000, { tipo: 'lease_fim', ...lease, motivo: 'vencido' });
    expect(alcancada('lease')).toEqual({ chamada: undefined, quandoMs: 6_000 });
  });

  test('o que aconteceu antes de a lição começar não a alcança', () => {
    const { chamar, alcancada } = montar();
    chamar(100, 'enviar_mensagem', { chave: 'k', falta: true });
    chamar(200, 'enviar_mensagem', { chave: 'k' });
    expect(alcancada('chave')).toBeUndefined();
  });
});

describe('o andamento das lições', () => {
  /** Na lição da ordem, a última: alcança-a a primeira mensagem confirmada depois de um atraso. */
  function naLicaoDaOrdem() {
    const sistema = montar();
    sistema.chamar(1_000, 'enviar_mensagem');
    sistema.andamento.ir(-1);
    const atrasar = (quandoMs: number) => {
      sistema.falhas.push({ falha: 'atrasar', alvo: 'robo-1', quandoMs });
      return sistema.chamar(quandoMs + 500, 'enviar_mensagem');
    };
    const passarDoQueSeGuarda = (quandoMs: number) => {
      for (let vez = 0; vez < MAXIMO_DE_ACONTECIMENTOS * 1.2; vez += 4)
        sistema.chamar(quandoMs + vez, 'enviar_mensagem');
    };
    return { ...sistema, atrasar, passarDoQueSeGuarda };
  }

  test('a lição alcançada se anuncia uma vez, e a prova fica para quem volta a ela', () => {
    const { andamento, conferir, atrasar } = naLicaoDaOrdem();
    expect(andamento.licao.id).toBe('ordem');
    expect(conferir()).toBeUndefined();
    const chamada = atrasar(2_000);
    expect([conferir(), conferir()]).toEqual(['alcancada', undefined]);
    andamento.ir(1);
    expect([andamento.licao, andamento.prova]).toEqual([LICOES[0], undefined]);
    andamento.ir(-1);
    expect(andamento.prova?.chamada).toBe(chamada);
  });

  test('o que saiu da história não se oferece mais; a lição continua feita, e se alcança de novo', () => {
    const { andamento, conferir, atrasar, passarDoQueSeGuarda } = naLicaoDaOrdem();
    atrasar(2_000);
    conferir();
    passarDoQueSeGuarda(3_000);
    expect([conferir(), andamento.prova, andamento.feita(andamento.licao)]).toEqual(['esquecida', undefined, true]);
    // O atraso de antes não vale outra vez, por mais mensagens que se confirmem depois dele.
    expect(conferir()).toBeUndefined();
    const chamada = atrasar(90_000);
    expect([conferir(), andamento.prova?.chamada]).toEqual(['alcancada', chamada]);
  });

  test('também sai da história o que alcançou uma lição que não se está vendo', () => {
    const { andamento, conferir, atrasar, passarDoQueSeGuarda } = naLicaoDaOrdem();
    atrasar(2_000);
    conferir();
    andamento.ir(-1);
    passarDoQueSeGuarda(3_000);
    expect(conferir()).toBeUndefined();
    andamento.ir(1);
    expect([andamento.licao.id, andamento.prova]).toEqual(['ordem', undefined]);
  });

  test('recomeçadas, nenhuma lição está feita nem tem prova, e a primeira é a que se vê', () => {
    const { andamento, conferir, atrasar } = naLicaoDaOrdem();
    atrasar(2_000);
    conferir();
    andamento.recomecar();
    expect(LICOES.filter((licao) => andamento.feita(licao))).toEqual([]);
    expect(andamento.licao).toBe(LICOES[0]);
    andamento.ir(-1);
    expect([andamento.prova, conferir()]).toEqual([undefined, undefined]);
  });
});

describe('o tempo', () => {
  test('ao vivo, mostra o instante de agora; parado, aquele em que se parou', () => {
    const tempo = new Tempo();
    expect(tempo.avancar(5_000, 16)).toBe(5_000);
    tempo.parar();
    expect(tempo.avancar(9_000, 4_000)).toBe(5_000);
    tempo.voltarAoVivo();
    expect(tempo.avancar(9_000, 16)).toBe(9_000);
  });

  test('em câmera lenta, anda dez vezes mais devagar e nunca passa de agora', () => {
    const tempo = new Tempo();
    tempo.avancar(5_000, 16);
    tempo.irDevagar();
    expect(tempo.avancar(6_000, 1_000)).toBe(5_100);
    expect(tempo.avancar(5_105, 1_000)).toBe(5_105);
  });

  test('um passo para no acontecimento seguinte, ou no anterior, e não sai dos extremos', () => {
    const tempo = new Tempo();
    tempo.irPara(200);
    const instantes = [100, 200, 300];
    tempo.passo(instantes, 1);
    expect(tempo.avancar(0, 0)).toBe(300);
    tempo.passo(instantes, 1);
    expect(tempo.avancar(0, 0)).toBe(300);
    tempo.passo(instantes, -1);
    tempo.passo(instantes, -1);
    expect(tempo.avancar(0, 0)).toBe(100);
  });
});
