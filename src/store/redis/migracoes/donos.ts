/**
 * As salas da versão 1.0.0, que não tinham dono: a que já tem gente passa a ser de quem está nela há mais tempo; a que não
 * tem, de quem entrar primeiro. Quem entrou e quem saiu deixa de ocupar lugar entre as últimas mensagens.
 */

import { json, lista } from '../../../redis/resposta.ts';
import { Indice } from '../estado/indice.ts';
import { chavesDaSala, chavesDaSessao, INDICE } from '../formato/chaves.ts';
import type { SalaCitada } from '../formato/registros.ts';
import { anotarNaSessao } from '../scripts/donos.ts';
import { emLotes } from './lotes.ts';
import type { Migracao } from './migracao.ts';
import { darSemDizer, separarPassagens } from './scripts.ts';

export async function darDonos(migracao: Migracao): Promise<void> {
  const { redis, relogio } = migracao;
  const indice = new Indice(redis, relogio);
  const { salas } = INDICE;
  await emLotes(migracao, await redis.comando(lista(json<SalaCitada>()), salas, 'HVALS', salas), async (sala) => {
    const chaves = chavesDaSala(sala.chave);
    const primeiro = await redis.executar(separarPassagens, chaves, {});
    if (primeiro === undefined) return;
    // Antes: se o servidor morre depois de dar a sala, ela não fica com quem não se sabe dono dela.
    if (primeiro !== '') await anotarPropria(migracao, Number(primeiro), sala.chave);
    const argumentos = { agora: relogio.agoraMs(), dono: primeiro };
    await indice.anotar(sala, await redis.executar(darSemDizer, chaves, argumentos));
  });
}

async function anotarPropria({ redis }: Migracao, sessaoId: number, sala: string): Promise<void> {
  const { sessoes, proprias } = chavesDaSessao(sessaoId);
  await redis.executar(anotarNaSessao, { sessoes, conjunto: proprias }, { id: String(sessaoId), sala });
}
