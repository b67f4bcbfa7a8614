/** O documento de `rpc.discover` é exato: o que ele admite serve, e o que não serve ele não admite. */

import { readFileSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';
import { join } from 'node:path';
import * as Ajv from 'ajv';
import { generate, type JsonSchema } from 'json-schema-faker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chamar, recusa } from '../../scripts/comum/jsonrpc.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';
import { BINDER_CONTRACT } from '../../src/contract/binder.ts';
import { nome } from '../../src/contract/campos.ts';
import { CHAT_CONTRACT } from '../../src/contract/chat.ts';
import { ESQUEMA_DO_NOME } from '../../src/contract/esquemas.ts';
import { openRpc } from '../../src/contract/openrpc.ts';
import { VERSAO } from '../../src/process/versao.ts';
import { abrirSistemaLocal, type SistemaLocal } from '../suporte/local/sistema-local.ts';

/** Quantas chamadas se inventam de cada procedimento. */
const CHAMADAS = 24;

const PARAMETROS_INVALIDOS = -32602;

let sistema: SistemaLocal;

beforeAll(async () => {
  sistema = await abrirSistemaLocal();
});

afterAll(() => sistema[Symbol.asyncDispose]());

const PROCESSOS = [
  ['binder', BINDER_CONTRACT, () => sistema.binder.url],
  ['servidor', CHAT_CONTRACT, () => sistema.servidor.url],
] as const;

interface Parametro {
  readonly name: string;
  readonly required: boolean;
  readonly schema: object;
}

/** Com os esquemas que têm nome dentro de si: as referências apontam para eles. */
function completo(schema: object, components: object): JsonSchema {
  return { ...schema, components } as JsonSchema;
}

describe.each(PROCESSOS)('o documento do %s', (_, contract, url) => {
  const documento = openRpc(contract, VERSAO);
  const { methods, components } = documento;

  /** O que o gerador já inventou: o mesmo esquema está em muitos procedimentos, e o que se inventa dele é o mesmo. */
  const inventados = new Map<string, unknown>();

  async function inventar(schema: object, seed: number): Promise<unknown> {
    const qual = `${seed} ${JSON.stringify(schema)}`;
    if (!inventados.has(qual)) inventados.set(qual, await generate(completo(schema, components), { seed }));
    return inventados.get(qual);
  }

  test('é o que rpc.discover responde', async () => {
    expect((await chamar(url(), 'rpc.discover')).result).toEqual(JSON.parse(JSON.stringify(documento)));
  });

  test('diz a versão do pacote', () => {
    const { version } = JSON.parse(readFileSync(join(RAIZ, 'package.json'), 'utf8'));
    expect(documento.info.version).toBe(version);
  });

  test('dá nome a cada esquema uma vez só', () => {
    const titulos = [...JSON.stringify(documento).matchAll(/"title":"([^"]*)"/g)].map(([, titulo]) => titulo);
    expect(titulos).toEqual([...new Set(titulos)]);
    expect(Object.keys(components.schemas).length).toBeGreaterThan(0);
    expect(JSON.stringify(documento)).not.toContain('#/definitions/');
  });

  test.each(methods.map(({ name, params }) => [name, params as readonly Parametro[]] as const))(
    'as chamadas que um gerador inventa a partir dele são todas válidas: %s',
    async (name, params) => {
      for (let seed = 1; seed <= CHAMADAS; seed += 1) {
        const valores: Record<string, unknown> = {};
        for (const param of params) {
          // Os opcionais, ora sim, ora não.
          if (!param.required && seed % 3 === 0) continue;
          valores[param.name] = await inventar(param.schema, seed);
        }
        // Esperar não é o que se prova.
        if (typeof valores['esperarMs'] === 'number') valores['esperarMs'] = 0;
        const enviados = seed % 2 === 0 ? valores : params.map((param) => valores[param.name] ?? null);
        const { error } = await chamar(url(), name, enviados);
        expect(error?.code === PARAMETROS_INVALIDOS ? { enviados, error } : undefined).toBeUndefined();
      }
    },
  );
});

/** Um validador que conhece os formatos que o documento usa. */
function validador(): Ajv.Ajv {
  const ajv = new Ajv.Ajv({ strict: false });
  ajv.addFormat('ipv4', isIPv4);
  ajv.addFormat('ipv6', isIPv6);
  ajv.addFormat('date-time', (texto) => !Number.isNaN(Date.parse(texto)));
  return ajv;
}

const longo = (letra: string, quantas: number) => letra.repeat(quantas);

describe('o que não serve o documento também não admite', () => {
  const ERRADOS: readonly (readonly [metodo: string, parametro: string, valores: readonly unknown[]])[] = [
    [
      'registrar_usuario',
      'nomeUsuario',
      ['', ' ', longo('a', 33), 'a!', 'a\nb', 'todos', 'SERVER', 't0dos ', '\u0410na', '\u{17f}erver', 7, null, {}],
    ],
    ['enviar_mensagem', 'mensagem', ['', longo('a', 4001), 'a\u0000', 'a\u001b', 'a\u009b', 'a\r', 7]],
    ['enviar_mensagem', 'chave', ['', longo('a', 65), 7]],
    ['receber_mensagens', 'desde', [-1, 0.5, 2 ** 53, '1']],
    ['receber_mensagens', 'esperarMs', [-1, 0.5, 120_001, '1']],
    [
      'formatar_mensagens',
      'mensagem',
      [
        {},
        { id: 1 },
        mensagemCom({ conteudo: longo('a', 4001) }),
        mensagemCom({ conteudo: '' }),
        mensagemCom({ sala: longo('a', 33) }),
        mensagemCom({ origem: longo('a', 33) }),
        mensagemCom({ destino: '' }),
        mensagemCom({ timestamp: '2024-02-30T00:00:00.000Z' }),
        mensagemCom({ timestamp: '2024-01-01T00:00:00.000+03:00' }),
        mensagemCom({ tipo: 'outro' }),
        mensagemCom({ cor: 'azul' }),
      ],
    ],
    ['register_procedure', 'procedure_name', ['', 'a b', 'ç', longo('a', 129), 7]],
    [
      'register_procedure',
      'address',
      ['', 'a b', '-a', 'a-', 'a..b', '.a', '1.2.3', '1.2.3.256', ':', '[::1]', longo('a', 64), longo('a.', 127), 7],
    ],
    ['register_procedure', 'port', [0, 65_536, 1.5, '80']],
    ['register_procedure', 'ttl_s', [0, 86_401, 1.5, '30']],
  ];

  test.each(ERRADOS)('%s, %s', async (metodo, parametro, valores) => {
    const contract = metodo === 'register_procedure' ? BINDER_CONTRACT : CHAT_CONTRACT;
    const { methods, components } = openRpc(contract, VERSAO);
    const descrito = methods.find(({ name }) => name === metodo);
    const schema = descrito?.params.find(({ name }) => name === parametro)?.schema;
    const admite = validador().compile(completo(schema ?? {}, components) as object);
    const url = metodo === 'register_procedure' ? sistema.binder.url : sistema.servidor.url;
    for (const valor of valores) {
      expect(admite(valor), JSON.stringify(valor)).toBe(false);
      const problemas = (await recusa(url, metodo, { [parametro]: valor })).data.problemas as { parametro: string }[];
      expect(problemas.map((problema) => problema.parametro.split('.')[0])).toContain(parametro);
    }
  });
});

function mensagemCom(campos: Record<string, unknown>): Record<string, unknown> {
  const comum = { id: 1, sala: 'Sala', tipo: 'broadcast', origem: 'Pedro', destino: 'todos', conteudo: 'oi' };
  return { ...comum, timestamp: '2024-01-15T12:00:00.000Z', ...campos };
}

describe('o nome que o documento admite serve', () => {
  const admite = validador().compile(ESQUEMA_DO_NOME);
  const serve = (texto: string) => nome.safeParse(texto).success;
  const admitidasEntre = (inicio: number, fim: number) =>
    Array.from({ length: fim - inicio }, (_, i) => String.fromCharCode(inicio + i)).filter((letra) => admite(letra));

  test('com uma letra qualquer das que ele traz, uma vez ou trinta e duas', () => {
    const letras = admitidasEntre(0, 0x10000);
    expect(letras.length).toBeGreaterThan(30_000);
    const nomes = letras.flatMap((letra) => [letra, letra.repeat(32)]).filter((texto) => admite(texto));
    expect(nomes.filter((texto) => !serve(texto))).toEqual([]);
  });

  test('com uma letra trocada num nome reservado', () => {
    const nomes = ['SERVER', 'server', 'todos'].flatMap((reservado) =>
      admitidasEntre(0, 0x3000).flatMap((letra) =>
        [...reservado].map((_, i) => reservado.slice(0, i) + letra + reservado.slice(i + 1)),
      ),
    );
    expect(nomes.filter((texto) => admite(texto) && !serve(texto))).toEqual([]);
  });

  test('e um reservado todo em letras de outra escrita não é admitido', () => {
    const todosEmCirilico = '\u0442\u043e\u0501\u043e\u0455';
    expect(serve(todosEmCirilico)).toBe(false);
    expect(admite(todosEmCirilico)).toBe(false);
  });
});
