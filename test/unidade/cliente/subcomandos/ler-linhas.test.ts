import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lerLinhas, MAXIMO_DA_LINHA_BYTES } from '../../../../src/cliente/subcomandos/ler-linhas.ts';

/** @param tamanho de cada pedaço em que os bytes chegam */
async function* emPedacos(bytes: Buffer, tamanho: number): AsyncGenerator<Uint8Array> {
  for (let de = 0; de < bytes.length; de += tamanho) yield bytes.subarray(de, de + tamanho);
}

async function ler(entrada: string | Buffer, tamanho = 7): Promise<string[]> {
  const linhas: string[] = [];
  for await (const { numero, texto } of lerLinhas(emPedacos(Buffer.from(entrada), tamanho))) {
    linhas.push(texto);
    expect(numero).toBe(linhas.length);
  }
  return linhas;
}

describe('onde uma linha acaba', () => {
  test('em LF ou CRLF; a última pode não ter fim', async () => {
    expect(await ler('um\ndois\r\n\ntrês')).toEqual(['um', 'dois', '', 'três']);
    expect(await ler('um\n')).toEqual(['um']);
    expect(await ler('')).toEqual([]);
  });

  test('em nenhum outro separador: CR só, U+2028, U+2029, U+0085, VT, FF', async () => {
    const uma = 'a\rb\u2028c\u2029d\u0085e\vf\fg';
    expect(await ler(`${uma}\nfim`)).toEqual([uma, 'fim']);
  });

  test('onde os bytes se cortam não muda nada', async () => {
    const semFim = fc.string({ unit: 'binary', maxLength: 6 }).map((texto) => texto.replaceAll(/[\r\n\ufeff]/g, ''));
    const textos = fc.array(semFim, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        textos,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        async (linhas, fim, n) => {
          expect(await ler(linhas.map((linha) => linha + fim).join(''), n)).toEqual(linhas);
        },
      ),
    );
  });

  test('uma linha sai assim que acaba, sem esperar pela seguinte', async () => {
    async function* entrada(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('um\ndo');
      throw new Error('pediu mais antes da hora');
    }
    const linhas = lerLinhas(entrada());
    expect((await linhas.next()).value).toEqual({ numero: 1, texto: 'um' });
  });
});

describe('o que os bytes dizem', () => {
  test('o BOM do começo não é texto; outro, mais adiante, é', async () => {
    expect(await ler('\ufeffprimeira\n\ufeffsegunda\n')).toEqual(['primeira', '\ufeffsegunda']);
  });

  test('o que não está em UTF-8 é recusado com o número da linha, e as anteriores já saíram', async () => {
    const linhas = lerLinhas(emPedacos(Buffer.from('boa\nma\xe7\xe3\n', 'latin1'), 3));
    expect((await linhas.next()).value).toEqual({ numero: 1, texto: 'boa' });
    await expect(linhas.next()).rejects.toMatchObject({
      name: 'LinhaIlegivel',
      numero: 2,
      message: 'não está em UTF-8',
    });
    await expect(ler(Buffer.from('\ufeffolá\r\n', 'utf16le'))).rejects.toMatchObject({ numero: 1 });
  });

  test('uma linha do maior tamanho sai; um byte a mais é recusado, acabe ela ou não', async () => {
    const maior = 'x'.repeat(MAXIMO_DA_LINHA_BYTES);
    expect(await ler(`${maior}\r\n`, 1_000)).toEqual([maior]);
    await expect(ler(`${maior}x\n`, 1_000_000)).rejects.toMatchObject({ numero: 1, message: 'passa de 65536 bytes' });
  });

  test('uma linha que não acaba é recusada sem que se leia o resto', async () => {
    let lidos = 0;
    async function* semFim(): AsyncGenerator<Uint8Array> {
      for (;;) {
        lidos += 1;
        yield Buffer.alloc(10_000, 'x');
      }
    }
    await expect(lerLinhas(semFim()).next()).rejects.toMatchObject({ numero: 1 });
    expect(lidos).toBe(7);
  });

  test('uma leitura que falha falha a quem lê', async () => {
    async function* quebrada(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('um\n');
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    const linhas = lerLinhas(quebrada());
    await linhas.next();
    await expect(linhas.next()).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
