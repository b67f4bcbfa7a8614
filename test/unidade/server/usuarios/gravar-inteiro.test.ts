import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { lerComum } from '../../../../src/process/arquivo-comum.ts';
import { apagarTemporariosVelhos, gravarInteiro } from '../../../../src/server/usuarios/gravar-inteiro.ts';

const NO_WINDOWS = process.platform === 'win32';
const SOU_ROOT = process.getuid?.() === 0;

function bancada() {
  const pasta = pastaTemporaria();
  const em = (...nomes: string[]) => join(pasta.caminho, ...nomes);
  return { em, [Symbol.dispose]: () => pasta[Symbol.dispose]() };
}

const ler = (caminho: string) => readFileSync(caminho, 'utf8');
const modoDe = (caminho: string) => statSync(caminho).mode & 0o777;

describe('gravar', () => {
  test('um arquivo que não existe nasce; o que existe é trocado, e nada fica ao lado', async () => {
    using mesa = bancada();
    await gravarInteiro(mesa.em('lista'), 'um');
    const { ino } = statSync(mesa.em('lista'));
    await gravarInteiro(mesa.em('lista'), 'dois');
    expect(ler(mesa.em('lista'))).toBe('dois');
    expect(statSync(mesa.em('lista')).ino).not.toBe(ino);
    expect(readdirSync(mesa.em())).toEqual(['lista']);
  });

  test('vários que gravam o mesmo arquivo ao mesmo tempo não o deixam pela metade', async () => {
    using mesa = bancada();
    const conteudos = ['a', 'b', 'c'].map((letra) => letra.repeat(100_000));
    await gravarInteiro(mesa.em('lista'), conteudos[0] as string);
    let gravando = true;
    const gravacoes = Promise.all(
      conteudos.map(async (conteudo) => {
        for (let vez = 0; vez < 10; vez += 1) await gravarInteiro(mesa.em('lista'), conteudo);
      }),
    ).finally(() => {
      gravando = false;
    });
    while (gravando) {
      expect(conteudos.includes((await lerComum(mesa.em('lista'))).toString())).toBe(true);
    }
    await gravacoes;
    expect(readdirSync(mesa.em())).toEqual(['lista']);
  });

  test.skipIf(NO_WINDOWS)('um link continua link, e grava-se no que ele nomeia, exista ou não', async () => {
    using mesa = bancada();
    mkdirSync(mesa.em('longe'));
    symlinkSync('longe', mesa.em('pasta'));
    symlinkSync(join('..', 'alvo'), mesa.em('longe', 'segundo'));
    symlinkSync(join('pasta', 'segundo'), mesa.em('primeiro'));
    for (const conteudo of ['nasce', 'muda']) {
      await gravarInteiro(mesa.em('primeiro'), conteudo);
      expect(ler(mesa.em('alvo'))).toBe(conteudo);
    }
    expect(readlinkSync(mesa.em('primeiro'))).toBe(join('pasta', 'segundo'));
    expect(lstatSync(mesa.em('longe', 'segundo')).isSymbolicLink()).toBe(true);
  });

  test.skipIf(NO_WINDOWS)('links em círculo são uma falha', async () => {
    using mesa = bancada();
    symlinkSync('dois', mesa.em('um'));
    symlinkSync('um', mesa.em('dois'));
    await expect(gravarInteiro(mesa.em('um'), '')).rejects.toMatchObject({ code: 'ELOOP' });
  });

  test.skipIf(NO_WINDOWS)('o modo fica como estava', async () => {
    using mesa = bancada();
    writeFileSync(mesa.em('lista'), '');
    chmodSync(mesa.em('lista'), 0o640);
    await gravarInteiro(mesa.em('lista'), 'um');
    expect(modoDe(mesa.em('lista'))).toBe(0o640);
  });

  test.skipIf(!SOU_ROOT)('o dono fica como estava', async () => {
    using mesa = bancada();
    writeFileSync(mesa.em('lista'), '');
    chownSync(mesa.em('lista'), 1234, 4321);
    await gravarInteiro(mesa.em('lista'), 'um');
    expect(statSync(mesa.em('lista'))).toMatchObject({ uid: 1234, gid: 4321 });
  });

  test.skipIf(NO_WINDOWS)('onde não se pode trocar o arquivo, escreve-se nele', async ({ skip }) => {
    using mesa = bancada();
    mkdirSync(mesa.em('pasta'));
    const lista = mesa.em('pasta', 'lista');
    writeFileSync(lista, 'um conteúdo mais comprido');
    const { ino } = statSync(lista);
    using _ = impedirTroca(lista) ?? skip('aqui não se pode montar');
    await gravarInteiro(lista, 'novo');
    expect(ler(lista)).toBe('novo');
    expect(statSync(lista).ino).toBe(ino);
    expect(readdirSync(mesa.em('pasta'))).toEqual(['lista']);
  });

  test('uma falha não deixa o temporário', async () => {
    using mesa = bancada();
    await expect(gravarInteiro(mesa.em('não há', 'lista'), '')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(mesa.em())).toEqual([]);
  });
});

describe('o que não é um arquivo comum', () => {
  const recusado = { name: 'NaoEArquivoComum' };

  test('uma pasta é recusada', async () => {
    using mesa = bancada();
    await expect(gravarInteiro(mesa.em(), '')).rejects.toMatchObject(recusado);
  });

  test.skipIf(NO_WINDOWS)('um fifo e um dispositivo também, e ficam como são; por um link, do mesmo modo', async () => {
    using mesa = bancada();
    execFileSync('mkfifo', [mesa.em('fifo')]);
    symlinkSync('/dev/null', mesa.em('link'));
    for (const nome of ['fifo', 'link']) {
      await expect(gravarInteiro(mesa.em(nome), 'x')).rejects.toMatchObject(recusado);
    }
    expect(statSync(mesa.em('fifo')).isFIFO()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(mesa.em()).sort()).toEqual(['fifo', 'link']);
  });
});

test('dos temporários só somem os que uma queda deixou: com o nome dos nossos, e velhos', async () => {
  using mesa = bancada();
  const agoraMs = Date.UTC(2026, 0, 1, 12);
  const criar = (nome: string, idadeMs: number) => {
    writeFileSync(mesa.em(nome), '');
    utimesSync(mesa.em(nome), new Date(agoraMs - idadeMs), new Date(agoraMs - idadeMs));
    return nome;
  };
  criar('lista.aaaaaaaa-0000-4000-8000-000000000000.tmp', 60_001);
  const ficam = [
    criar('lista', 3_600_000),
    criar('lista.bbbbbbbb-0000-4000-8000-000000000000.tmp', 60_000),
    criar('lista.meu.tmp', 3_600_000),
    criar('outra.cccccccc-0000-4000-8000-000000000000.tmp', 3_600_000),
  ];
  await apagarTemporariosVelhos(mesa.em('lista'), agoraMs);
  expect(readdirSync(mesa.em()).sort()).toEqual(ficam.sort());
});

/**
 * Para root, um arquivo montado sozinho, como num contêiner; para os outros, uma pasta fechada.
 * @returns `undefined` onde root não pode montar
 */
function impedirTroca(arquivo: string): Disposable | undefined {
  const pasta = join(arquivo, '..');
  if (!SOU_ROOT) {
    chmodSync(pasta, 0o555);
    return { [Symbol.dispose]: () => chmodSync(pasta, 0o755) };
  }
  try {
    execFileSync('mount', ['--bind', arquivo, arquivo], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { [Symbol.dispose]: () => execFileSync('umount', [arquivo]) };
}
