import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../../scripts/comum/pasta.ts';
import { abrirUsuariosFile } from '../../../../src/server/usuarios/usuarios-file.ts';
import { StoreError } from '../../../../src/store/store-error.ts';

/** Uma pasta com um `usuarios.json` a abrir; entre duas gravações não há pausa, salvo se o teste a segura. */
function bancada() {
  const pasta = pastaTemporaria();
  const caminho = join(pasta.caminho, 'usuarios.json');
  const avisos: string[] = [];
  return {
    caminho,
    avisos,
    abrir: (nomes: string[] = [], pausar = () => Promise.resolve<unknown>(undefined)) =>
      abrirUsuariosFile(caminho, { nomes, aoAvisar: (linha) => avisos.push(linha), agoraMs: Date.now, pausar }),
    ler: () => JSON.parse(readFileSync(caminho, 'utf8')) as unknown,
    arquivos: () => readdirSync(pasta.caminho).sort(),
    [Symbol.dispose]: () => pasta[Symbol.dispose](),
  };
}

describe('abrir', () => {
  test('sem arquivo, ele nasce com os nomes das sessões vivas', async () => {
    using mesa = bancada();
    await (await mesa.abrir(['Pedro', 'José'])).close();
    expect(mesa.ler()).toEqual(['Pedro', 'José']);
    expect(mesa.arquivos()).toEqual(['usuarios.json']);
  });

  test('de uma lista anterior só ficam os nomes que têm sessão', async () => {
    using mesa = bancada();
    writeFileSync(mesa.caminho, '["Antiga", "Pedro"]');
    await (await mesa.abrir(['Pedro'])).close();
    expect(mesa.ler()).toEqual(['Pedro']);
    expect(mesa.avisos).toEqual([]);
    expect(mesa.arquivos()).toEqual(['usuarios.json']);
  });

  test.each([
    ['JSON cortado', '["Pedro", "Mar'],
    ['outra forma', '{"usuarios": []}'],
    ['só um texto', '"Pedro"'],
    ['uma lista que não é de nomes', '["Pedro", 7]'],
    ['um arquivo vazio', ''],
    ['bytes que não são UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
  ])('%s é posto de lado, inteiro, e contado numa linha', async (_, conteudo) => {
    using mesa = bancada();
    writeFileSync(mesa.caminho, conteudo);
    await (await mesa.abrir(['Pedro'])).close();
    expect(mesa.ler()).toEqual(['Pedro']);
    expect(mesa.arquivos()).toEqual(['usuarios.json', 'usuarios.json.invalido-1']);
    expect(readFileSync(`${mesa.caminho}.invalido-1`)).toEqual(Buffer.from(conteudo));
    expect(mesa.avisos).toEqual([expect.stringMatching(/usuarios\.json\.invalido-1/)]);
    expect(mesa.avisos[0]).not.toContain('\n');
  });

  test('o que foi posto de lado antes não é sobrescrito', async () => {
    using mesa = bancada();
    for (const conteudo of ['um', 'dois', 'três']) {
      writeFileSync(mesa.caminho, conteudo);
      await (await mesa.abrir()).close();
    }
    const postos = [1, 2, 3].map((n) => readFileSync(`${mesa.caminho}.invalido-${n}`, 'utf8'));
    expect(postos).toEqual(['um', 'dois', 'três']);
    expect(mesa.ler()).toEqual([]);
  });

  test('um arquivo que já diz isso não é reescrito', async () => {
    using mesa = bancada();
    await (await mesa.abrir(['Pedro'])).close();
    const { ino } = statSync(mesa.caminho);
    await (await mesa.abrir(['Pedro'])).close();
    expect(statSync(mesa.caminho).ino).toBe(ino);
  });

  test('o temporário que uma queda deixou some', async () => {
    using mesa = bancada();
    const temporario = `${mesa.caminho}.${randomUUID()}.tmp`;
    writeFileSync(temporario, '["Ped');
    utimesSync(temporario, new Date(0), new Date(0));
    await (await mesa.abrir()).close();
    expect(mesa.arquivos()).toEqual(['usuarios.json']);
  });

  test.each<[string, (caminho: string) => void]>([
    ['uma pasta no lugar dele', (caminho) => mkdirSync(caminho)],
    ['uma pasta que não existe', (caminho) => rmSync(join(caminho, '..'), { recursive: true })],
  ])('%s é uma falha de uma linha', async (_, estragar) => {
    using mesa = bancada();
    estragar(mesa.caminho);
    const falha = await mesa.abrir(['Pedro']).catch((erro: unknown) => erro);
    expect(falha).toBeInstanceOf(StoreError);
    expect(falha).toMatchObject({ motivo: 'sem_acesso', message: expect.stringContaining(mesa.caminho) });
    expect((falha as StoreError).message).not.toContain('\n');
  });

  test('o que está numa pasta no lugar dele fica lá', async () => {
    using mesa = bancada();
    mkdirSync(mesa.caminho);
    writeFileSync(join(mesa.caminho, 'dentro'), 'fica');
    await expect(mesa.abrir(['Pedro'])).rejects.toThrow(StoreError);
    expect(readFileSync(join(mesa.caminho, 'dentro'), 'utf8')).toBe('fica');
    expect(mesa.arquivos()).toEqual(['usuarios.json']);
  });
});

describe('acompanhar', () => {
  test('cada nome que nasce ou acaba chega ao arquivo sem que se feche', async () => {
    using mesa = bancada();
    const usuarios = await mesa.abrir(['Pedro']);
    usuarios.mudar('Maria', 'nasceu');
    await ate(() => readFileSync(mesa.caminho, 'utf8').includes('Maria'), 'Maria no arquivo');
    usuarios.mudar('Pedro', 'acabou');
    await ate(() => !readFileSync(mesa.caminho, 'utf8').includes('Pedro'), 'Pedro fora do arquivo');
    expect(mesa.ler()).toEqual(['Maria']);
    await usuarios.close();
    expect(mesa.arquivos()).toEqual(['usuarios.json']);
  });

  test('muitos registros seguidos custam poucas gravações, e nenhum se perde', async () => {
    using mesa = bancada();
    let pausas = 0;
    const usuarios = await mesa.abrir([], async () => {
      pausas += 1;
    });
    const nomes = Array.from({ length: 20_000 }, (_, n) => `Pessoa ${n}`);
    for (const nome of nomes) usuarios.mudar(nome, 'nasceu');
    await ate(() => (mesa.ler() as string[]).length === nomes.length, 'todos os nomes no arquivo');
    await usuarios.close();
    expect(mesa.ler()).toEqual(nomes);
    expect(pausas).toBeLessThanOrEqual(2);
  });

  test('enquanto dura a pausa nada se grava; fechar grava o que falta, sem esperar por ela', async () => {
    using mesa = bancada();
    let pausado = false;
    const usuarios = await abrirUsuariosFile(mesa.caminho, {
      nomes: [],
      aoAvisar: (linha) => mesa.avisos.push(linha),
      agoraMs: Date.now,
      pausar: (_duracaoMs, sinal) => {
        pausado = true;
        return new Promise((resolve) => sinal.addEventListener('abort', resolve));
      },
    });
    usuarios.mudar('Pedro', 'nasceu');
    await ate(() => pausado, 'a pausa');
    usuarios.mudar('Maria', 'nasceu');
    expect(mesa.ler()).toEqual(['Pedro']);
    await usuarios.close();
    expect(mesa.ler()).toEqual(['Pedro', 'Maria']);
    await usuarios.close();
  });

  test('quem lê a qualquer instante encontra uma lista inteira', async () => {
    using mesa = bancada();
    const usuarios = await mesa.abrir(Array.from({ length: 5_000 }, (_, n) => `Pessoa ${n}`));
    let leituras = 0;
    for (let n = 0; n < 30; n += 1) {
      usuarios.mudar(`Nova ${n}`, 'nasceu');
      await ate(() => {
        leituras += 1;
        return (mesa.ler() as string[]).includes(`Nova ${n}`);
      }, `Nova ${n} no arquivo`);
    }
    expect(leituras).toBeGreaterThanOrEqual(30);
    await usuarios.close();
  });

  test('uma gravação que falha é contada uma vez, e tentada de novo até dar certo', async () => {
    using mesa = bancada();
    let pausas = 0;
    const usuarios = await mesa.abrir(['Pedro'], async () => {
      pausas += 1;
    });
    impedir(mesa.caminho);
    usuarios.mudar('Maria', 'nasceu');
    usuarios.mudar('João', 'nasceu');
    await ate(() => pausas >= 3, 'outras tentativas');
    expect(mesa.avisos).toEqual([expect.stringContaining(mesa.caminho)]);

    rmSync(mesa.caminho, { recursive: true });
    await ate(() => existsSync(mesa.caminho), 'a gravação que recuperou');
    expect(mesa.ler()).toEqual(['Pedro', 'Maria', 'João']);
    expect(mesa.avisos).toHaveLength(1);

    impedir(mesa.caminho);
    usuarios.mudar('Pedro', 'acabou');
    await ate(() => mesa.avisos.length === 2, 'o aviso da segunda falha');
    rmSync(mesa.caminho, { recursive: true });
    await usuarios.close();
    expect(mesa.ler()).toEqual(['Maria', 'João']);
  });

  test('uma gravação que falha não deixa o temporário', async () => {
    using mesa = bancada();
    const usuarios = await mesa.abrir(['Pedro']);
    impedir(mesa.caminho);
    usuarios.mudar('Maria', 'nasceu');
    await usuarios.close();
    expect(mesa.avisos).toHaveLength(1);
    expect(mesa.arquivos()).toEqual(['usuarios.json']);
  });

  test('fechar sem mudanças não grava', async () => {
    using mesa = bancada();
    const usuarios = await mesa.abrir(['Pedro']);
    writeFileSync(mesa.caminho, '["de outro programa"]');
    await usuarios.close();
    expect(mesa.ler()).toEqual(['de outro programa']);
  });
});

/** Uma pasta no lugar do arquivo: o rename falha de verdade. */
function impedir(caminho: string): void {
  rmSync(caminho);
  mkdirSync(caminho);
}

describe('vários servidores num arquivo só', () => {
  const SEM_PAUSA = () => Promise.resolve<unknown>(undefined);
  const abrir = (caminho: string, pausar: () => Promise<unknown> = SEM_PAUSA) =>
    abrirUsuariosFile(caminho, { nomes: ['Ana'], aoAvisar: () => {}, agoraMs: Date.now, dividido: true, pausar });

  test('um grava a mudança; o outro, que já a acha lá, não grava', async () => {
    using mesa = bancada();
    const [um, outro] = [await abrir(mesa.caminho), await abrir(mesa.caminho)];
    um.mudar('Bia', 'nasceu');
    um.mudar('Caio', 'nasceu');
    await um.close();
    const { ino } = statSync(mesa.caminho);
    outro.mudar('Caio', 'nasceu');
    outro.mudar('Bia', 'nasceu');
    await outro.close();
    expect(statSync(mesa.caminho).ino).toBe(ino);
    expect(mesa.ler()).toEqual(['Ana', 'Bia', 'Caio']);
  });

  test('quem gravou confere depois, e grava de novo se um atrasado gravou por cima', async () => {
    using mesa = bancada();
    let seguir: (valor?: unknown) => void = () => {};
    const pausas: Promise<unknown>[] = [];
    const um = await abrir(mesa.caminho, () => {
      const pausa = new Promise((resolve) => {
        seguir = resolve;
      });
      pausas.push(pausa);
      return pausa;
    });
    um.mudar('Bia', 'nasceu');
    await ate(() => pausas.length === 1, 'a gravação');
    writeFileSync(mesa.caminho, '["Ana"]');
    seguir();
    await ate(() => pausas.length === 2, 'a conferência');
    expect(mesa.ler()).toEqual(['Ana', 'Bia']);
    seguir();
    await ate(() => pausas.length === 3, 'a conferência da segunda');
    seguir();
    await um.close();
    expect(pausas).toHaveLength(3);
  });
});
