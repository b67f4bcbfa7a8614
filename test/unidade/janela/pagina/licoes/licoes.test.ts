import { describe, expect, test } from 'vitest';
import type { Acontecimento, Falha, Garantia } from '../../../../../src/contract/janela.ts';
import { Historia } from '../../../../../src/janela/pagina/historia.ts';
import { LICOES } from '../../../../../src/janela/pagina/licoes/licoes.ts';
import { Tempo } from '../../../../../src/janela/pagina/tempo.ts';

const LIMPO = { enviadas: 1, confirmadas: 1, entregues: 1, perdidas: 0, dobradas: 0, fora_de_ordem: 0, vazadas: 0 };
const TODAS = { chave: true, cursor: true, espera: true, lease: true };
const INICIO_MS = 1_000;

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
  const alcancada = (id: string) =>
    LICOES.find((licao) => licao.id === id)?.provar({
      historia,
      veredito: LIMPO,
      garantias,
      falhas,
      desdeMs: INICIO_MS,
    });
  const semEspera = () => {
    garantias = { ...TODAS, espera: false };
  };
  return { dizer, contar, chamar, alcancada, falhas, semEspera };
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
