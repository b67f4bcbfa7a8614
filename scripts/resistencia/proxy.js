/** Um proxy TCP na frente do servidor, que corta ou segura as conexões quando se manda. */

import { connect, createServer } from 'node:net';

export class ProxyDeRede {
  /** A porta para onde vão as conexões novas. */
  destino;
  #servidor;
  #pares = new Set();
  #segurando = false;

  constructor(destino) {
    this.destino = destino;
    this.#servidor = createServer((deFora) => this.#ligar(deFora));
  }

  abrir() {
    return new Promise((resolve) =>
      this.#servidor.listen(0, '127.0.0.1', () => resolve(this.#servidor.address().port)),
    );
  }

  /** Corta com RST as conexões abertas, no meio do que for. */
  cortar() {
    for (const par of this.#pares) for (const socket of par) socket.resetAndDestroy();
  }

  /** Nada passa até `soltar`: para quem espera, a rede parou. */
  segurar() {
    this.#segurando = true;
    for (const par of this.#pares) for (const socket of par) socket.pause();
  }

  soltar() {
    this.#segurando = false;
    for (const par of this.#pares) for (const socket of par) socket.resume();
  }

  close() {
    this.cortar();
    return new Promise((resolve) => this.#servidor.close(resolve));
  }

  #ligar(deFora) {
    const deDentro = connect({ port: this.destino, host: '127.0.0.1', noDelay: true });
    const par = [deFora, deDentro];
    this.#pares.add(par);
    const fim = () => {
      this.#pares.delete(par);
      for (const socket of par) socket.destroy();
    };
    for (const [de, para] of [par, [...par].reverse()]) {
      de.on('data', (pedaco) => para.write(pedaco));
      de.on('error', fim);
      de.on('close', fim);
      if (this.#segurando) de.pause();
    }
  }
}
