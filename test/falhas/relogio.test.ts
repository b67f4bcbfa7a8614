/** A hora do mundo que pula uma hora, para trás e para a frente, enquanto se conversa. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, resultado } from '../../scripts/comum/jsonrpc.ts';
import { type PastaTemporaria, pastaTemporaria } from '../../scripts/comum/pasta.ts';
import { iniciarBinder, type Processo, SEM_LIMITES } from '../../scripts/comum/processos.ts';
import { RAIZ } from '../../scripts/comum/raiz.ts';
import { iniciarServidor } from '../suporte/processos/processos.ts';
import { lerHistoria } from '../suporte/remetentes.ts';

const UMA_HORA_MS = 3_600_000;
const PRELUDIO = pathToFileURL(join(RAIZ, 'test', 'suporte', 'processos', 'relogio-que-pula.js')).href;

const arquivoDaHora = ({ caminho }: PastaTemporaria) => join(caminho, 'hora');

const comHoraQuePula = (pasta: PastaTemporaria) => ({
  ambiente: { NODE_OPTIONS: `--import=${PRELUDIO}`, CHAT_TESTE_HORA: arquivoDaHora(pasta) },
});

/** Acerta a hora dos processos; vale a partir da próxima chamada que a mostre. */
function acertarHora(pasta: PastaTemporaria, puloMs: number, ...processos: readonly Processo[]): void {
  writeFileSync(arquivoDaHora(pasta), String(puloMs));
  for (const { pid } of processos) process.kill(pid, 'SIGUSR2');
}

test('nem encerra sessões, nem tira da sala, nem remove a sala, nem troca a ordem, nem vence leases, nem esgota limites', async () => {
  using pasta = pastaTemporaria();
  await using binder = await iniciarBinder(comHoraQuePula(pasta));
  await using servidor = await iniciarServidor(pasta.caminho, binder.url, {
    ...comHoraQuePula(pasta),
    argumentos: [...SEM_LIMITES, '--sala-inativa', '1800'],
  });
  const { url } = servidor;
  const { token } = await resultado(url, 'registrar_usuario', ['Ana']);
  for (const sala of ['Sala', 'Vazia']) await resultado(url, 'criar_sala', [sala], token);
  await resultado(url, 'entrar_sala', ['Ana', 'Sala'], token);
  const nomes = () => resultado(binder.url, 'list_procedures');
  const registrados = await ate(async () => {
    const lista = await nomes();
    return lista.length > 0 ? (lista as unknown[]).length : undefined;
  }, 'o registro no binder');

  const dizer = (texto: string) => resultado(url, 'enviar_mensagem', ['Ana', 'Sala', texto, null, texto], token);
  const textos: string[] = [];
  let antesMs = Date.parse((await dizer('primeira')).timestamp);
  textos.push('primeira');
  for (const puloMs of [-UMA_HORA_MS, UMA_HORA_MS, 0]) {
    const esperando = chamar(url, 'receber_mensagens', ['Ana', 'Sala', Number.MAX_SAFE_INTEGER, 1_500], token);
    acertarHora(pasta, puloMs, binder, servidor);
    const noNovoHorario = (ms: number) => Math.abs(ms - (Date.now() + puloMs)) < UMA_HORA_MS / 2;
    const enviada = await ate(async () => {
      const texto = `pulo de ${puloMs}: ${textos.length}`;
      const { timestamp } = await dizer(texto);
      textos.push(texto);
      return noNovoHorario(Date.parse(timestamp)) ? timestamp : undefined;
    }, 'a nova hora nas mensagens');
    expect(Math.abs(Date.parse(enviada) - antesMs)).toBeGreaterThan(UMA_HORA_MS / 2);
    antesMs = Date.parse(enviada);
    // Uma espera dura o que se pediu em tempo de verdade, e a varredura passa pelo menos uma vez nela.
    const comecoMs = performance.now();
    await esperando;
    await chamar(url, 'receber_mensagens', ['Ana', 'Sala', Number.MAX_SAFE_INTEGER, 1_200], token);
    expect(performance.now() - comecoMs).toBeGreaterThan(1_000);
    expect(await resultado(url, 'listar_usuarios', [], token)).toEqual(['Ana']);
    expect(await resultado(url, 'listar_salas')).toEqual([
      { nomeSala: 'Sala', usuarios: 1 },
      { nomeSala: 'Vazia', usuarios: 0 },
    ]);
    expect(await nomes()).toHaveLength(registrados);
  }

  const historia = await lerHistoria(url, 'Ana', token, 'Sala');
  expect(historia.slice(1).map(({ conteudo }) => conteudo)).toEqual(textos);
  expect(historia.map(({ id }) => id)).toEqual(historia.map(({ id }) => id).toSorted((um, outro) => um - outro));
  expect(await resultado(url, 'registrar_usuario', ['Ana'], token)).toMatchObject({ token, sala: 'Sala' });
});
