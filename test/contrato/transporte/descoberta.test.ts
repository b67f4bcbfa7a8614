/** Seção 1 do contrato: rpc.discover descreve o que o binder e o servidor atendem, e só isso. */

import * as metaSchema from '@open-rpc/meta-schema';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { chamar, recusa, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { dividirSistemaLocal } from '../../suporte/local/servidor-dividido.ts';
import { CASOS } from './casos.ts';

const sistema = dividirSistemaLocal();

describe.each(CASOS)('rpc.discover no $nome', ({ qual, tabela }) => {
  const url = () => qual(sistema()).url;
  interface Metodo {
    readonly name: string;
    readonly params: readonly { readonly name: string; readonly required?: boolean; readonly schema: object }[];
  }

  const documento = () => resultado(url(), 'rpc.discover') as Promise<{ methods: Metodo[] }>;

  test('é um documento OpenRPC válido', async () => {
    const validar = validadorDeOpenRpc();
    // O próprio validador se prova primeiro: um que aceitasse tudo não diria nada.
    expect(validar({ ...(await documento()), methods: [{ name: 'x', params: [{}] }] })).toBe(false);
    const valido = validar(await documento());
    expect(validar.errors ?? []).toEqual([]);
    expect(valido).toBe(true);
  });

  test('traz cada procedimento e apelido da tabela, e nenhum outro', async () => {
    const nomes = (await documento()).methods.map(({ name }) => name).filter((nome) => nome !== 'rpc.discover');
    expect([...nomes].sort()).toEqual(Object.keys(tabela).sort());
  });

  test('traz os parâmetros na ordem da tabela, e quais são obrigatórios', async () => {
    for (const { name, params } of (await documento()).methods) {
      if (name === 'rpc.discover') continue;
      const descritos = params.map((param) => (param.required ? param.name : `${param.name}?`));
      expect(descritos, name).toEqual(tabela[name]);
    }
  });

  test('a ordem que ele diz é a que vale por posição: o problema aponta o parâmetro daquela posição', async () => {
    for (const [method, nomes] of Object.entries(tabela)) {
      // Um objeto não serve a nenhum parâmetro do contrato: cada posição se acusa pelo nome.
      const errados = nomes.map(() => ({ serve: false }));
      if (nomes.length === 0) continue;
      const { code, data } = await recusa(url(), method, errados);
      expect(code, method).toBe(-32602);
      const raizes = data.problemas.map(({ parametro }: { parametro: string }) => parametro.split('.')[0]);
      expect([...new Set(raizes)], method).toEqual(nomes.map((nome) => nome.replace('?', '')));
    }
  });

  test('tudo o que está nele é chamável', async () => {
    for (const { name } of (await documento()).methods) {
      expect((await chamar(url(), name, { parametro_que_nao_ha: 1 })).error?.code, name).toBe(-32602);
    }
  });
});

/** O esquema oficial do OpenRPC aponta para um de JSON Schema que só existe na rede: no lugar dele, o draft-07. */
function validadorDeOpenRpc() {
  const ajv = new Ajv.Ajv({ strict: false, allErrors: true, validateFormats: false });
  const draft07 = ajv.getSchema('http://json-schema.org/draft-07/schema')?.schema as Record<string, unknown>;
  for (const $id of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) {
    const definitions = {
      ...(draft07['definitions'] as object),
      JSONSchemaObject: { properties: { $ref: { type: 'string' } } },
    };
    ajv.addSchema({ ...draft07, $id, definitions }, $id);
  }
  // Os tipos do pacote só descrevem o documento; o esquema mesmo é um valor que eles não declaram.
  const { openrpcDocument } = metaSchema as unknown as { openrpcDocument: Record<string, unknown> };
  const { $schema: _, ...meta } = openrpcDocument;
  return ajv.compile(meta);
}
