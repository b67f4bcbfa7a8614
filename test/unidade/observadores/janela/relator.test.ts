import { afterEach, expect, test } from 'vitest';
import { semSegredos } from '../../../../src/contract/sem-segredos.ts';
import { type Aviso, Relator } from '../../../../src/observadores/janela/relator.ts';

const APRESENTACAO = { id: 'x', papel: 'servidor', nome: 'servidor', pid: 1 } as const;
const abertos: Relator[] = [];
afterEach(() => Promise.all(abertos.splice(0).map((relator) => relator.close())));

function montar(entregar: (aviso: Aviso) => Promise<void>) {
  const relogio = { ms: 0 };
  const clock = { agoraMs: () => 1_000 + relogio.ms, monotonicoMs: () => relogio.ms };
  const relator = new Relator({ ...APRESENTACAO, clock, entregar });
  abertos.push(relator);
  return { relator, relogio };
}

const chegada = (numero: number) =>
  ({ tipo: 'chegou', chamada: `${numero}`.padStart(16, '0'), procedimento: 'enviar_mensagem' }) as const;

test('o que se anota é contado em ordem, numerado e com a hora do processo', async () => {
  const avisos: Aviso[] = [];
  const { relator } = montar(async (aviso) => void avisos.push(aviso));
  relator.anotar(chegada(1));
  relator.anotar(chegada(2));
  await relator.avisar();
  expect(avisos.map(({ acontecimentos }) => acontecimentos.map(({ n, ms }) => [n, ms]))).toEqual([
    [
      [1, 1_000],
      [2, 1_000],
    ],
  ]);
});

test('quem anota não espera pela janela: com ela parada, a fila enche e o resto é só contado', async () => {
  let soltar = () => {};
  const avisos: Aviso[] = [];
  const { relator } = montar(async (aviso) => {
    avisos.push(aviso);
    if (avisos.length === 1) await new Promise<void>((resolve) => (soltar = resolve));
  });
  relator.anotar(chegada(0));
  const primeiro = relator.avisar();
  for (let i = 1; i <= 5_010; i += 1) relator.anotar(chegada(i));
  soltar();
  await primeiro;
  await relator.avisar();
  expect(avisos.at(-1)?.naoContados).toBe(10);
});

test('o que a janela não recebeu é contado no aviso seguinte', async () => {
  const avisos: Aviso[] = [];
  const { relator, relogio } = montar(async (aviso) => {
    avisos.push(aviso);
    if (avisos.length === 1) throw new Error('a janela não está');
  });
  relator.anotar(chegada(1));
  relator.anotar(chegada(2));
  await relator.avisar();
  relogio.ms = 2_000;
  await relator.avisar();
  expect(avisos[1]).toMatchObject({ acontecimentos: [], naoContados: 2 });
});

test.each([
  ['os conteúdos', { params: 'á'.repeat(2_000), para: '127.0.0.1:1' }],
  ['os endereços', { params: '', para: '語'.repeat(300) }],
])('um aviso cabe num pedido, por maiores que sejam %s', async (_, textos) => {
  const avisos: Aviso[] = [];
  const { relator } = montar(async (aviso) => void avisos.push(aviso));
  for (let i = 0; i < 200; i += 1) relator.anotar({ ...chegada(i), tipo: 'enviou', ...textos });
  while (avisos.reduce((soma, { acontecimentos }) => soma + acontecimentos.length, 0) < 200) await relator.avisar();
  for (const aviso of avisos) expect(Buffer.byteLength(JSON.stringify(aviso))).toBeLessThan(60_000);
});

test('quem nada tem a contar diz que vive uma vez por segundo, e não mais', async () => {
  const avisos: Aviso[] = [];
  const { relator, relogio } = montar(async (aviso) => void avisos.push(aviso));
  await relator.avisar();
  relogio.ms = 999;
  await relator.avisar();
  expect(avisos).toHaveLength(1);
  relogio.ms = 1_000;
  await relator.avisar();
  expect(avisos).toHaveLength(2);
});

test('nem texto, nem token, nem senha saem do processo, por mais fundo que estejam', () => {
  const json = semSegredos({
    mensagem: 'um segredo',
    senha: 'abre-te',
    lista: [{ conteudo: 'outro segredo', origem: 'Ana' }],
    token: 'TOKEN',
  });
  expect(json).not.toMatch(/segredo|abre-te|TOKEN/);
  expect(json).toContain('"origem":"Ana"');
  expect(json).toContain('«10 caracteres»');
});

test('um conteúdo grande é cortado, e não passa do que o contrato da janela aceita', () => {
  expect(semSegredos({ nomes: 'x'.repeat(5_000) })).toHaveLength(2_000);
  expect(semSegredos(Array.from({ length: 100 }, (_, i) => i))).toContain('… mais 95');
});
