import { setTimeout as pausar } from 'node:timers/promises';
import { ultimasDe } from '../chamadas.js';
import { cpuMs, memoriaBytes } from '../consumo.js';
import { montarChamada } from '../http.js';
import { usuariosDe } from '../identidades.js';
import { valorMaximo } from '../linhas.js';
import { Ouvintes } from '../ouvintes.js';
import { iniciarSistema, pastaTemporaria } from '../processos.js';
import { semear } from '../semeadura.js';
import { fonteFixa, medirVazao } from '../vazao.js';

const SALAS = 100;
const USUARIOS_POR_SALA = 50;
const ESPERAR_MS = 25_000;
/** Uma volta inteira: as esperas acabam e recomeçam dentro dela. */
const JANELA_MS = 26_000;
const ASSENTAR_MS = 1_500;
const AQUECIMENTO_MS = 2_000;
const CONEXOES_DE_AQUECIMENTO = 32;
const KB = 1_000;

export const OCIOSOS = {
  nome: 'ociosos',
  descricao: '5.000 usuários que esperam (esperarMs 25.000) sem que nada chegue: CPU e memória',
  medir: async ({ abertos, linha }) => {
    const pasta = pastaTemporaria(abertos);
    const salas = Array.from({ length: SALAS }, (_, indice) => ({
      nome: `sala ${indice}`,
      prefixo: `u${indice}.`,
      usuarios: USUARIOS_POR_SALA,
      mensagens: 1,
    }));
    await semear(abertos, { pasta, salas });
    const { servidor } = await iniciarSistema(abertos, { dados: pasta });
    const { porta, pid } = servidor;

    // O que um processo aquecido ocupa não é dos que esperam.
    const [um] = usuariosDe(salas[0].prefixo, 1);
    const chamada = montarChamada('receber_mensagens', { nomeUsuario: um.nome, salaAtual: salas[0].nome }, um.token);
    const fontes = Array.from({ length: CONEXOES_DE_AQUECIMENTO }, () => fonteFixa(chamada));
    await medirVazao({ porta, fontes, duracaoMs: AQUECIMENTO_MS });
    await pausar(ASSENTAR_MS);
    const memoriaAntes = memoriaBytes(pid);

    for (const { nome: sala, prefixo } of salas) {
      const usuarios = usuariosDe(prefixo, USUARIOS_POR_SALA);
      const desde = (await ultimasDe(porta, usuarios[0], sala)).at(-1).id;
      const ouvintes = await Ouvintes.abrir({ porta, usuarios, sala, desde, esperarMs: ESPERAR_MS });
      abertos.add(() => ouvintes.fechar());
    }
    await pausar(ASSENTAR_MS);
    const memoriaCheia = memoriaBytes(pid);
    const [cpuAntes, desdeMs] = [cpuMs(pid), performance.now()];
    await pausar(JANELA_MS);
    const cpu = ((cpuMs(pid) - cpuAntes) / (performance.now() - desdeMs)) * 100;
    const quantos = SALAS * USUARIOS_POR_SALA;
    const memoriaNoFim = Math.max(memoriaCheia, memoriaBytes(pid));

    linha({ medida: '5.000 que esperam: CPU do servidor', valor: cpu, unidade: '%', meta: valorMaximo(5) });
    linha({
      medida: '5.000 que esperam: memória por usuário',
      valor: (memoriaNoFim - memoriaAntes) / quantos / KB,
      unidade: 'KB',
      meta: valorMaximo(20),
    });
  },
};
