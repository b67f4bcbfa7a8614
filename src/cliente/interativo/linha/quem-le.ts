/** Quem vai ler o que se digita, dito enquanto se digita: ninguém deve descobrir depois de enviar. Puro. */

import { mesmoNome } from '../../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import type { Silencio } from '../../sessao/permissoes.ts';
import { semAcentos } from '../../terminal/perguntas/sem-acentos.ts';
import { COMANDOS, comandosPara, interpretar, usoDe } from './comandos.ts';
import { paraOContrato } from './destinatario.ts';

export interface Sala {
  /** A quem vai o que se digita sem dizer a quem; `undefined` para todos. */
  readonly destinatario: string | undefined;
  /** A quem /r responde; `undefined` se não há. */
  readonly ultimaPrivada: string | undefined;
  readonly presentes: readonly string[];
  /** Se ela é de quem digita. */
  readonly ehDono: boolean;
  /** O que não deixa quem digita falar a todos. */
  readonly silencio: Silencio | undefined;
}

/** @param texto o que está na linha, como foi digitado */
export function quemLe(texto: string, sala: Sala): string {
  const comando = /^\/([^\s/]*)/u.exec(texto)?.[1];
  const intencao = texto === '' ? { tipo: 'dizer' as const } : interpretar(texto, sala.presentes);
  if (intencao.tipo === 'dizer') return leitor(sala.destinatario, sala);
  if (intencao.tipo === 'privada') return leitor(paraOContrato(intencao.destinatario), sala);
  if (intencao.tipo === 'responder' && sala.ultimaPrivada !== undefined) {
    return leitor(sala.ultimaPrivada, sala);
  }
  if (comando === undefined) return enderecando(texto, sala);
  const digitado = semAcentos(comando);
  const achado = COMANDOS.find(({ nome }) => nome === digitado);
  if (!achado) return 'comando: ninguém lê';
  const pode = comandosPara(sala.ehDono).includes(achado);
  return pode ? `${usoDe(achado)}: ${achado.descricao}` : `/${achado.nome}: só quem é dono da sala`;
}

const POR_SILENCIO = {
  voce: 'você foi silenciado: ninguém vai ler',
  sala: 'a sala foi silenciada: ninguém vai ler',
} as const;

function leitor(nome: string | undefined, { presentes, silencio }: Sala): string {
  if (silencio && !(nome !== undefined && mesmoNome(nome, silencio.dono ?? ''))) return POR_SILENCIO[silencio.de];
  if (nome === undefined) return 'todos vão ler';
  const presente = presentes.find((um) => mesmoNome(um, nome));
  return presente === undefined ? `${tornarVisivel(nome)} não está na sala` : `só ${tornarVisivel(presente)} vai ler`;
}

/** Ainda sem texto: `@Pe` pode ser o começo de um nome. */
function enderecando(texto: string, sala: Sala): string {
  const nome = texto.replace(/^@"?/u, '').replace(/"?\s*$/u, '');
  return sala.presentes.some((um) => mesmoNome(um, nome)) ? leitor(nome, sala) : '@nome texto: só essa pessoa vai ler';
}
