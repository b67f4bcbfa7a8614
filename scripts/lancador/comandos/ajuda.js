import { COMANDO } from '../lugares.js';

const AJUDA = `Uso: ${COMANDO} [opções do cliente]
     ${COMANDO} rede [endereço] | aula [quantos [sala]] | parar | estado | janela |
     janelas [clientes] | ajuda

Sem subcomando, instala e constrói o que falta, inicia o binder e o servidor se ainda não
respondem, espera que possam servir e abre um cliente neste terminal. Em outro terminal, o mesmo
comando só abre mais um cliente. As opções vão ao cliente: ${COMANDO} --nome Ana --sala Geral
Com --binder (ou CHAT_BINDER) de outra máquina, só abre o cliente.

  rede     põe o sistema no ar para as outras máquinas da rede, e diz o que se digita nelas; o
           endereço é o desta máquina, e só precisa ser dito para não se escolher entre vários
  aula     como rede, para uma turma: cria a sala (Aula), mostra quem já está nela (27 de 30) e abre
           a página em que se vê o sistema funcionar
  parar    encerra o que foi iniciado daqui: os clientes, o servidor, o binder e a janela da aula
  estado   diz o que roda, onde e desde quando
  janela   abre uma página em que se vê um sistema funcionar e se quebra nele o que se quiser
  janelas  abre o binder, o servidor e os clientes (2), cada um numa janela, com o que fazem à vista
  ajuda    mostra este texto (também --help e -h)

Variáveis: CHAT_PORTA_BINDER (5000), CHAT_PORTA_SERVIDOR (8005), CHAT_PORTA_JANELA (5080), CHAT_HOST_BINDER,
CHAT_HOST_SERVIDOR (127.0.0.1) e as outras de cada processo (node dist/server/main.js --help).

Status de saída: o do cliente; 1 se algo falhou, 2 se o uso está errado. Em estado: 0 se o binder
e o servidor podem servir, 3 se não.

O que os processos escrevem fica em .chat/binder.log e .chat/servidor.log.
`;

/** @returns {Promise<number>} */
export async function mostrarAjuda() {
  process.stdout.write(AJUDA);
  return 0;
}
