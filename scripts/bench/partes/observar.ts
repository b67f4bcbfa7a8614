import { abrirProcesso, type Parte } from '../bancada.ts';
import { medirCustoDaOpcao } from './custo-da-opcao.ts';

/** A parte de `enviar_mensagem` que a opção pode custar. */
const CUSTO = 0.05;

export const OBSERVAR: Parte = {
  nome: 'observar',
  descricao: 'enviar_mensagem com --observar, contra o mesmo servidor sem ele',
  medir: async (bancada) => {
    const janela = await abrirProcesso(bancada, 'janela');
    await medirCustoDaOpcao(bancada, ['--observar', janela.url], CUSTO);
  },
};
