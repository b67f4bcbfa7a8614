/**
 * Os tipos de campo que os contratos compartilham, cada um com o motivo da recusa em português.
 */

import * as z from 'zod';
import { ESQUEMA_DA_MENSAGEM, ESQUEMA_DO_NOME, esquemaDeTexto } from './esquemas.ts';
import { MAXIMO_DA_MENSAGEM } from './limites.ts';
import { contarCaracteres, ehLongoDemais, temPilhaDeMarcas } from './nomes/caracteres.ts';
import { normalizarNome, problemaDoNome } from './nomes/nomes.ts';

/** @param unidade como a frase nomeia o limite, por exemplo "ms" */
export function inteiro(minimo: number, maximo: number, unidade = ''): z.ZodNumber {
  const sufixo = unidade && ` ${unidade}`;
  const error =
    maximo === Number.MAX_SAFE_INTEGER
      ? `deve ser um inteiro a partir de ${minimo}`
      : `deve ser um inteiro de ${minimo} a ${maximo}${sufixo}`;
  return z.int({ error }).min(minimo, { error }).max(maximo, { error });
}

/** Um opcional pode faltar ou ser null; quem lê vê `undefined` nos dois casos. */
export function opcional<T extends z.ZodType>(tipo: T) {
  return tipo.nullish().transform((valor) => valor ?? undefined);
}

/** @returns por que o comprimento não serve, contado em caracteres (code points depois de NFC) */
export function problemaDoComprimento(texto: string, minimo: number, maximo: number): string | undefined {
  const comprimento = `deve ter de ${minimo} a ${maximo} caracteres`;
  if (ehLongoDemais(texto, maximo)) return comprimento;
  if (!texto.isWellFormed()) return 'contém um caractere Unicode incompleto';
  if (temPilhaDeMarcas(texto)) return 'tem mais de 30 marcas seguidas';
  // NFC multiplica o comprimento por 3 no máximo: o comprimento de um texto curto é aceito sem normalizá-lo.
  if (texto.length >= minimo && texto.length * 3 <= maximo) return undefined;
  const caracteres = contarCaracteres(texto);
  return caracteres < minimo || caracteres > maximo ? comprimento : undefined;
}

/** Um texto cujo comprimento se conta em caracteres (code points depois de NFC). */
export function texto(minimo: number, maximo: number) {
  return z.string({ error: 'deve ser um texto' }).superRefine((valor, contexto) => {
    const message = problemaDoComprimento(valor, minimo, maximo);
    if (message) contexto.addIssue({ code: 'custom', message });
  });
}

/** Todo controle menos tab e line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: são justamente eles que se procuram
const CONTROLE_PROIBIDO = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

export const conteudoDeMensagem = texto(1, MAXIMO_DA_MENSAGEM)
  .refine((valor) => !CONTROLE_PROIBIDO.test(valor), {
    error: 'não pode ter caracteres de controle além de tab e quebra de linha',
  })
  .meta({ id: 'Conteudo', ...ESQUEMA_DA_MENSAGEM });

/** Nenhum, nem tab nem quebra de linha. */
const CONTROLE = /\p{Cc}/u;

/** Vazio, tira o que a sala tinha. */
export const topicoDaSala = texto(0, 200)
  .refine((valor) => !CONTROLE.test(valor), { error: 'não pode ter caracteres de controle' })
  .meta({ id: 'Topico', ...esquemaDeTexto(0, 200), pattern: '^\\P{Cc}*$' });

/** Sai em NFC (RFC 8265, seção 4.2): a mesma senha digitada em dois sistemas é uma só. Vazia, tira a que a sala tinha. */
export const senhaDaSala = texto(0, 128)
  .meta({ id: 'Senha', ...esquemaDeTexto(0, 128) })
  .transform((valor) => valor.normalize('NFC'));

export const logico = z.boolean({ error: 'deve ser true ou false' });

export const chaveDeRepeticao = texto(1, 64).meta({
  id: 'ChaveDeRepeticao',
  ...esquemaDeTexto(1, 64),
  description: 'chave de repetição (idempotency key), de 1 a 64 caracteres, escolhida por quem chama',
});

/** Nome de usuário ou de sala; sai normalizado. */
export const nome = z
  .string({ error: 'deve ser um texto' })
  .meta({ id: 'Nome', ...ESQUEMA_DO_NOME })
  .transform((valor, contexto) => {
    const normalizado = normalizarNome(valor);
    const message = problemaDoNome(normalizado);
    if (message) contexto.addIssue({ code: 'custom', message });
    return normalizado;
  });
