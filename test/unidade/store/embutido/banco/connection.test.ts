import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../../scripts/comum/pasta.ts';
import { Connection, type Valor } from '../../../../../src/store/embutido/banco/connection.ts';

interface Aberta extends Disposable {
  readonly connection: Connection;
  readonly arquivo: string;
}

function abrir(): Aberta {
  const pasta = pastaTemporaria();
  const arquivo = join(pasta.caminho, 'x.db');
  const connection = new Connection(arquivo);
  connection.executar('CREATE TABLE nomes (nome TEXT NOT NULL UNIQUE) STRICT');
  return {
    connection,
    arquivo,
    [Symbol.dispose]: () => {
      connection.close();
      pasta[Symbol.dispose]();
    },
  };
}

test.each<{
  qual: string;
  preparar: (connection: Connection) => (valor: Valor) => unknown;
  falha: Valor;
  serve: Valor;
}>([
  { qual: 'linha', preparar: (connection) => connection.registro('SELECT json(?)'), falha: '{', serve: '{}' },
  { qual: 'linhas', preparar: (connection) => connection.registros('SELECT json(?)'), falha: '{', serve: '{}' },
  {
    qual: 'comando',
    preparar: (connection) => connection.comando('INSERT INTO nomes VALUES (?)'),
    falha: null,
    serve: 'Ana',
  },
  {
    qual: 'gravacao',
    preparar: (connection) => connection.gravacao('INSERT INTO nomes VALUES (?)'),
    falha: null,
    serve: 'Ana',
  },
])('$qual: o que falhou uma vez serve na seguinte', ({ preparar, falha, serve }) => {
  using aberta = abrir();
  const rodar = preparar(aberta.connection);
  for (let vez = 0; vez < 2; vez += 1) expect(() => rodar(falha)).toThrow();
  expect(() => rodar(serve)).not.toThrow();
});

test.each(['comando', 'gravacao'] as const)('%s: o que se grava vale quando se confirma, e só então', (qual) => {
  using aberta = abrir();
  const { connection } = aberta;
  const gravar = connection[qual]('INSERT INTO nomes VALUES (?)');
  const ler = connection.registros<[string]>('SELECT nome FROM nomes ORDER BY nome');
  gravar('Ana');
  connection.desfazer();
  expect(ler()).toEqual([]);
  gravar('Bia');
  gravar('Caio');
  connection.confirmar();
  connection.desfazer();
  expect(ler()).toEqual([['Bia'], ['Caio']]);
});

test('o WAL tem desde o início o tamanho a que chega, e o arquivo não cresce por isso', () => {
  using aberta = abrir();
  const { connection, arquivo } = aberta;
  const doWal = () => statSync(`${arquivo}-wal`).size;
  const inicial = doWal();
  const gravar = connection.gravacao('INSERT INTO nomes VALUES (?)');
  for (let commit = 0; commit < 1_500; commit += 1) {
    gravar(`${commit}`.padEnd(3_000));
    connection.confirmar();
  }
  expect(statSync(arquivo).size, 'o WAL chegou a passar ao arquivo').toBeGreaterThan(1_000_000);
  expect(doWal()).toBe(inicial);
  expect(connection.registros('SELECT name FROM sqlite_schema WHERE type = ?')('table')).toEqual([['nomes']]);
});

test.skipIf(process.platform === 'win32')(
  'a prova de que há lugar no disco não segue um link que outro pôs no nome dela',
  () => {
    using aberta = abrir();
    const alheio = join(dirname(aberta.arquivo), 'alheio');
    writeFileSync(alheio, 'de outro');
    symlinkSync(alheio, `${aberta.arquivo}-prova`);
    aberta.connection.provarEspaco();
    expect(readFileSync(alheio, 'utf8')).toBe('de outro');
    expect(readdirSync(dirname(aberta.arquivo))).not.toContain('x.db-prova');
  },
);
