/** O disco que enche, que só se lê, que volta danificado. */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, recusa, resultado } from '../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { rodar, SEM_LIMITES } from '../../scripts/comum/processos.ts';
import type { Mensagem } from '../../src/contract/chat.ts';
import { expectFimEmOrdem, expectRecusaDePartida, expectUmaFraseClara } from '../suporte/local/partida.ts';
import { iniciarServidor, SEM_BINDER } from '../suporte/processos/processos.ts';
import { lerHistoria } from '../suporte/remetentes.ts';
import { comSorteio } from '../suporte/sorteio.ts';
import { saude, servidorQueVolta } from './apoio.ts';

/** Um arquivo não pode passar destes KiB: em qualquer sistema com um shell, é um disco que enche. */
const comArquivosDeAte = (kib: number) => ['bash', '-c', `ulimit -S -f ${kib} && exec "$@"`, 'bash'];

async function entrarNaSala(url: string, nome = 'Ana'): Promise<string> {
  const { token } = await resultado(url, 'registrar_usuario', [nome]);
  await chamar(url, 'criar_sala', ['Sala'], token);
  await resultado(url, 'entrar_sala', [nome, 'Sala'], token);
  return token;
}

describe('cheio', () => {
  test('o que recebeu 2009 não está lá nem depois de um kill -9, e o reconhecido está, onde quer que o disco acabe', () =>
    comSorteio(async (sorteio) => {
      // O store recém-criado ocupa uns 70 KiB, e uns 110 com alguém numa sala; o limite cai em qualquer ponto de um commit.
      const limites = Array.from({ length: 2 }, () => 130 + sorteio.inteiro(60));
      await Promise.all(limites.map(encherAteRecusar));
    }));

  async function encherAteRecusar(kib: number): Promise<void> {
    await using servidor = await servidorQueVolta(undefined, { envoltorio: comArquivosDeAte(kib) });
    const { url } = servidor;
    const token = await entrarNaSala(url);
    const aceitas: Mensagem[] = [];
    let recusadas = 0;
    for (let numero = 0; recusadas < 5; numero += 1) {
      const texto = `nº ${numero} ${'x'.repeat((numero * 37) % 900)}`;
      const { result, error } = await chamar(
        url,
        'enviar_mensagem',
        ['Ana', 'Sala', texto, null, texto.slice(0, 9)],
        token,
      );
      if (result) aceitas.push(result);
      else {
        expect(error, `com ${kib} KiB`).toMatchObject({ code: 2009, data: { tenteEmMs: expect.any(Number) } });
        recusadas += 1;
      }
    }
    const ditas = async () => (await lerHistoria(url, 'Ana', token, 'Sala')).slice(1);
    expect(await ditas(), `ainda cheio, com ${kib} KiB`).toEqual(aceitas);
    await servidor.matar();
    await servidor.reiniciar({ envoltorio: [] });
    expect(await ditas(), `reiniciado, com ${kib} KiB`).toEqual(aceitas);
    expect(await resultado(url, 'enviar_mensagem', ['Ana', 'Sala', 'há lugar'], token)).toMatchObject({
      conteudo: 'há lugar',
    });
  }

  test.skipIf(!existsSync('/dev/full'))('um log que não se pode escrever não derruba o servidor', async () => {
    const semLog = ['bash', '-c', 'exec "$@" 2>/dev/full', 'bash'];
    await using servidor = await servidorQueVolta(undefined, { envoltorio: semLog });
    const token = await entrarNaSala(servidor.url);
    // A primeira tentativa de achar o binder falha, e isso vai para o log.
    await expectFimEmOrdem(servidor.processo());
    await servidor.reiniciar();
    expect(await resultado(servidor.url, 'listar_usuarios', [], token)).toEqual(['Ana']);
  });

  test('quem lia o log e foi embora não derruba o servidor', async () => {
    const comLeitorQueVai = ['bash', '-c', 'exec "$@" 2> >(:)', 'bash'];
    await using servidor = await servidorQueVolta(undefined, { envoltorio: comLeitorQueVai });
    const token = await entrarNaSala(servidor.url);
    for (let vez = 0; vez < 3; vez += 1) await resultado(servidor.url, 'listar_usuarios', [], token);
    await expectFimEmOrdem(servidor.processo());
  });
});

/** Um volume pequeno de verdade: só quem é root pode montá-lo. */
interface Volume extends Disposable {
  readonly caminho: string;
  readonly encher: () => void;
  readonly esvaziar: () => void;
  readonly remontar: (modo: 'ro' | 'rw') => void;
}

function montar(): Volume {
  const pasta = pastaTemporaria();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', pasta.caminho], { stdio: 'ignore' });
  const lastro = join(pasta.caminho, 'lastro');
  return {
    caminho: pasta.caminho,
    encher: () => {
      const pedaco = Buffer.alloc(4096);
      try {
        for (;;) writeFileSync(lastro, pedaco, { flag: 'a' });
      } catch (erro) {
        expect((erro as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    },
    esvaziar: () => rmSync(lastro, { force: true }),
    remontar: (modo) => execFileSync('mount', ['-o', `remount,${modo}`, pasta.caminho]),
    [Symbol.dispose]: () => {
      execFileSync('umount', ['-l', pasta.caminho]);
      pasta[Symbol.dispose]();
    },
  };
}

function podeMontar(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    using _volume = montar();
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!podeMontar())('um volume', () => {
  interface Tentativa {
    readonly method: string;
    readonly params: readonly unknown[];
    readonly token?: string;
  }

  /** Tudo o que se pode ler do servidor sobre Ana e Bia. */
  async function estado(url: string, ana: string, bia: string): Promise<unknown> {
    return {
      salas: await resultado(url, 'listar_salas'),
      usuarios: await resultado(url, 'listar_usuarios', [], ana),
      deAna: await resultado(url, 'receber_mensagens', ['Ana', 'Sala'], ana),
      deBia: await resultado(url, 'receber_mensagens', ['Bia', 'Sala'], bia),
      sessoes: await Promise.all(
        [['Ana', ana] as const, ['Bia', bia] as const].map(([nome, token]) =>
          resultado(url, 'registrar_usuario', [nome], token),
        ),
      ),
    };
  }

  const tentativas = (ana: string, bia: string): Tentativa[] => [
    { method: 'registrar_usuario', params: ['Nova'] },
    { method: 'criar_sala', params: ['Nova'], token: ana },
    { method: 'enviar_mensagem', params: ['Ana', 'Sala', 'x'.repeat(4_000), null, 'k'], token: ana },
    { method: 'enviar_mensagem', params: ['Ana', 'Sala', 'x'.repeat(4_000), 'Bia'], token: ana },
    { method: 'entrar_sala', params: ['Ana', 'Outra'], token: ana },
    { method: 'sair_da_sala', params: [], token: bia },
    { method: 'encerrar_sessao', params: [], token: bia },
  ];

  test('cheio: nada muda, nem depois de um reinício; /saude diz 503; e com lugar de novo tudo serve', async () => {
    using volume = montar();
    const argumentos = [...SEM_LIMITES];
    await using servidor = await iniciarServidor(volume.caminho, SEM_BINDER, { argumentos });
    const { url, porta } = servidor;
    const ana = await entrarNaSala(url);
    const bia = await entrarNaSala(url, 'Bia');
    await resultado(url, 'criar_sala', ['Outra'], ana);

    volume.encher();
    // No que o arquivo já ocupa ainda cabe algo: insiste-se até que não caiba.
    const dizer = (texto: string) => chamar(url, 'enviar_mensagem', ['Ana', 'Sala', texto], ana);
    const caber = async (texto: string) =>
      ate(async () => {
        const { error } = await dizer(texto);
        if (error) expect(error.code).toBe(2009);
        return error !== undefined;
      }, 'a primeira recusa');
    await caber('x'.repeat(4_000));
    expect(await saude(url)).toBe(503);
    await resultado(url, 'receber_mensagens', ['Ana', 'Sala', Number.MAX_SAFE_INTEGER, 2_500], ana);
    expect(await saude(url), 'duas varreduras depois, ainda sem lugar').toBe(503);

    await caber('x');
    const cheio = await estado(url, ana, bia);
    for (const { method, params, token } of tentativas(ana, bia)) {
      expect((await recusa(url, method, params, token)).code, method).toBe(2009);
    }
    expect(await estado(url, ana, bia), 'ainda cheio').toEqual(cheio);
    const linhasDoStore = servidor.erros().match(/ ERRO o store falhou/g)?.length ?? 0;
    expect(linhasDoStore, 'linhas no log: não uma por chamada').toBeLessThanOrEqual(3);

    volume.esvaziar();
    await ate(async () => (await saude(url)) === 200, '/saude de volta sem que ninguém grave');
    expect(await estado(url, ana, bia), 'com lugar de novo').toEqual(cheio);
    const enviada = await resultado(url, 'enviar_mensagem', ['Ana', 'Sala', 'agora sim', 'Bia', 'k'], ana);
    await servidor.encerrar('SIGKILL');
    await using outro = await iniciarServidor(volume.caminho, SEM_BINDER, {
      argumentos: [...argumentos, '--porta', String(porta)],
    });
    expect((await resultado(outro.url, 'receber_mensagens', ['Bia', 'Sala'], bia)).at(-1)).toEqual(enviada);
  });

  test('que só se lê, já na partida, é dito numa linha, também com um store por recuperar', async () => {
    using volume = montar();
    const servidor = await iniciarServidor(volume.caminho, SEM_BINDER);
    await entrarNaSala(servidor.url);
    await servidor.encerrar('SIGKILL');
    volume.remontar('ro');
    await expectRecusaNaPasta(volume.caminho, /não é possível ler e gravar/i);
    volume.remontar('rw');
    await using outro = await iniciarServidor(volume.caminho, SEM_BINDER);
    expect(await resultado(outro.url, 'listar_salas')).toEqual([{ nomeSala: 'Sala', usuarios: 1 }]);
  });

  test('cheio no fim e na partida: acaba em ordem; e ao voltar diz o que há numa linha, ou serve; nada se perde', async () => {
    using volume = montar();
    const servidor = await iniciarServidor(volume.caminho, SEM_BINDER);
    const token = await entrarNaSala(servidor.url);
    volume.encher();
    expect(await servidor.encerrar('SIGTERM')).toBe(0);
    expect(servidor.erros()).not.toMatch(/ ERRO |\n\s+at /);
    volume.encher();
    const partida = await iniciarServidor(volume.caminho, SEM_BINDER).catch((erro: Error) => erro);
    if (partida instanceof Error) {
      expectUmaFraseClara(partida.message.replace(/^.*?servir: /s, ''));
    } else {
      expect(await resultado(partida.url, 'listar_usuarios', [], token)).toEqual(['Ana']);
      await partida.encerrar('SIGKILL');
    }
    volume.esvaziar();
    await using outro = await iniciarServidor(volume.caminho, SEM_BINDER);
    expect(await resultado(outro.url, 'listar_usuarios', [], token)).toEqual(['Ana']);
  });
});

async function expectRecusaNaPasta(pasta: string, diz: RegExp): Promise<void> {
  expectRecusaDePartida(await rodar('server', { argumentos: argumentosEm(pasta) }), diz);
}

function argumentosEm(pasta: string): string[] {
  return [
    ...['--porta', '0', '--binder', SEM_BINDER, '--dados', join(pasta, 'dados')],
    ...['--usuarios', join(pasta, 'usuarios.json')],
  ];
}

test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'uma pasta que só se lê é dita numa linha',
  async () => {
    using pasta = pastaTemporaria();
    mkdirSync(join(pasta.caminho, 'dados'));
    chmodSync(join(pasta.caminho, 'dados'), 0o500);
    await expectRecusaNaPasta(pasta.caminho, /não é possível ler e gravar/i);
  },
);

describe('usuarios.json que não se pode gravar', () => {
  test('não impede o registro; quando se pode de novo, fica em dia sem que mais ninguém se registre', async () => {
    await using servidor = await servidorQueVolta();
    const { url, pasta } = servidor;
    // Uma pasta no lugar do arquivo: nem root a troca.
    const obstaculo = join(pasta.caminho, 'usuarios.json');
    rmSync(obstaculo);
    mkdirSync(obstaculo);
    await resultado(url, 'registrar_usuario', ['Ana']);
    await ate(() => servidor.processo().erros().includes('a lista de usu'), 'o aviso no log');
    rmSync(obstaculo, { recursive: true });
    const lista = () => JSON.parse(readFileSync(join(pasta.caminho, 'usuarios.json'), 'utf8'));
    await ate(() => existsSync(obstaculo) && lista().includes('Ana'), 'a lista em dia');
    expect(await saude(url)).toBe(200);
  });

  test.skipIf(!podeMontar())(
    'com o disco dela cheio já na partida, o servidor serve, e a grava quando há lugar',
    async () => {
      using volume = montar();
      using pasta = pastaTemporaria();
      const lista = join(volume.caminho, 'usuarios.json');
      volume.encher();
      await using servidor = await iniciarServidor(pasta.caminho, SEM_BINDER, { argumentos: ['--usuarios', lista] });
      await resultado(servidor.url, 'registrar_usuario', ['Ana']);
      expect(servidor.erros()).toMatch(/ AVISO Não foi possível gravar a lista de usuários .*ENOSPC/);
      volume.esvaziar();
      await ate(() => existsSync(lista) && readFileSync(lista, 'utf8').includes('Ana'), 'a lista em dia');
    },
  );
});

// O que o store faz de cada estrago está em unidade/store/embutido/danificado.test.ts.
test('um store danificado é dito numa linha, e não se mexe nele', async () => {
  using pasta = pastaTemporaria();
  mkdirSync(join(pasta.caminho, 'dados'));
  const arquivo = join(pasta.caminho, 'dados', 'chat.db');
  writeFileSync(arquivo, Buffer.alloc(8192, 0x5a));
  await expectRecusaNaPasta(pasta.caminho, /danificado/);
  expect(readFileSync(arquivo).equals(Buffer.alloc(8192, 0x5a))).toBe(true);
});
