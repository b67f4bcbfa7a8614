import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PastaTemporaria, pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import type { Connection } from '../../../../src/store/embutido/banco/connection.ts';
import { copiarEmbutido } from '../../../../src/store/embutido/copiar.ts';
import { abrirArquivo } from '../../../../src/store/embutido/open.ts';

interface Dados extends Disposable {
  readonly pasta: PastaTemporaria;
  readonly caminho: string;
  readonly copia: string;
  readonly connection: Connection;
}

/** Os dados de um servidor que os tem abertos. */
function dadosAbertos(): Dados {
  const pasta = pastaTemporaria();
  const caminho = join(pasta.caminho, 'dados');
  const connection = abrirArquivo(caminho, (aberta) => aberta);
  return {
    pasta,
    caminho,
    copia: join(pasta.caminho, 'copia.db'),
    connection,
    [Symbol.dispose]: () => {
      connection.close();
      pasta[Symbol.dispose]();
    },
  };
}

function criarSala(connection: Connection, nome: string): void {
  connection.comando('INSERT INTO salas (nome, chave) VALUES (?, ?)')(nome, nome);
  connection.confirmar();
}

/** O que um servidor encontra na cópia posta no lugar dos dados. */
function salasDa(copia: string): string[] {
  using pasta = pastaTemporaria();
  const dados = join(pasta.caminho, 'dados');
  mkdirSync(dados);
  copyFileSync(copia, join(dados, 'chat.db'));
  return abrirArquivo(dados, (connection) => {
    const nomes = connection.registros<[string]>('SELECT nome FROM salas ORDER BY id')().flat();
    connection.close();
    return nomes;
  });
}

/** Copia como o sistema, e entre o primeiro arquivo e o segundo faz o que o servidor faria naquele momento. */
function noMeio(agir: () => void): typeof copyFileSync {
  let copiados = 0;
  return (de, para, modo) => {
    copyFileSync(de, para, modo);
    copiados += 1;
    if (copiados % 2 === 1) agir();
  };
}

/** O WAL recomeça: o que estava nele já só está no banco, e a próxima gravação passa por cima. */
function recomecarWal(connection: Connection, sala: string): void {
  connection.registro('PRAGMA wal_checkpoint(RESTART)')();
  criarSala(connection, sala);
}

test('a cópia tem o que está no WAL, é um arquivo só, e só o dono o lê', () => {
  using dados = dadosAbertos();
  criarSala(dados.connection, 'Geral');
  copiarEmbutido(dados.caminho, dados.copia);
  expect(readdirSync(dados.pasta.caminho).sort()).toEqual(['copia.db', 'dados']);
  if (process.platform !== 'win32') expect(statSync(dados.copia).mode & 0o777).toBe(0o600);
  expect(salasDa(dados.copia)).toEqual(['Geral']);
});

test('o que o servidor grava, e leva ao banco, enquanto se copia não estraga a cópia', () => {
  using dados = dadosAbertos();
  criarSala(dados.connection, 'antes');
  const gravar = () => {
    for (let numero = 1; numero <= 500; numero += 1) {
      dados.connection.comando('INSERT INTO salas (nome, chave) VALUES (?1, ?1)')(`durante ${numero}`);
    }
    dados.connection.confirmar();
    dados.connection.registro('PRAGMA wal_checkpoint(PASSIVE)')();
  };
  copiarEmbutido(dados.caminho, dados.copia, noMeio(gravar));
  // O banco foi copiado antes delas, e o WAL depois.
  expect(salasDa(dados.copia)).toHaveLength(1 + 500);
});

test('se o WAL recomeça no meio, copia-se tudo outra vez', () => {
  using dados = dadosAbertos();
  criarSala(dados.connection, 'antes');
  let recomecos = 0;
  const recomecar = () => {
    recomecos += 1;
    if (recomecos <= 2) recomecarWal(dados.connection, `durante ${recomecos}`);
  };
  copiarEmbutido(dados.caminho, dados.copia, noMeio(recomecar));
  expect(recomecos).toBe(3);
  expect(salasDa(dados.copia)).toEqual(['antes', 'durante 1', 'durante 2']);
});

test('se o servidor se encerra no meio, copia-se tudo outra vez', () => {
  using dados = dadosAbertos();
  criarSala(dados.connection, 'antes');
  copiarEmbutido(
    dados.caminho,
    dados.copia,
    noMeio(() => dados.connection.close()),
  );
  expect(salasDa(dados.copia)).toEqual(['antes']);
});

describe('recusa, e não deixa nada para trás', () => {
  function recusado(dados: Dados, motivo: string, copiar = () => copiarEmbutido(dados.caminho, dados.copia)): void {
    const antes = readdirSync(dados.pasta.caminho);
    expect(copiar).toThrow(expect.objectContaining({ name: 'StoreError', motivo }));
    expect(readdirSync(dados.pasta.caminho)).toEqual(antes);
  }

  test('dados que nunca param de mudar', () => {
    using dados = dadosAbertos();
    const outra = join(dados.pasta.caminho, 'outra');
    mkdirSync(outra);
    writeFileSync(join(outra, 'chat.db'), 'o banco');
    const recomecar = () => writeFileSync(join(outra, 'chat.db-wal'), randomBytes(32));
    recomecar();
    recusado(dados, 'muda_demais', () => copiarEmbutido(outra, dados.copia, noMeio(recomecar)));
  });

  test('um arquivo que já existe, que fica como estava', () => {
    using dados = dadosAbertos();
    copiarEmbutido(dados.caminho, dados.copia);
    criarSala(dados.connection, 'depois');
    recusado(dados, 'copia_ja_existe');
    expect(salasDa(dados.copia)).toEqual([]);
  });

  test('uma pasta sem dados', () => {
    using dados = dadosAbertos();
    recusado(dados, 'sem_dados', () => copiarEmbutido(dados.pasta.caminho, dados.copia));
  });

  test('um arquivo que não é do chat', () => {
    using dados = dadosAbertos();
    const outra = join(dados.pasta.caminho, 'outra');
    mkdirSync(outra);
    writeFileSync(join(outra, 'chat.db'), 'não é um banco '.repeat(1_000));
    recusado(dados, 'danificado', () => copiarEmbutido(outra, dados.copia));
  });

  test('um lugar em que não se pode gravar', () => {
    using dados = dadosAbertos();
    recusado(dados, 'sem_acesso', () => copiarEmbutido(dados.caminho, join(dados.pasta.caminho, 'falta', 'copia.db')));
  });
});
