/**
 * O que vem depois roda sob um shell, que diz o pid dele, acaba com ele, e o mata quando a entrada acaba: também quando
 * quem o iniciou morre sem se despedir.
 */
export const SOB_VIGIA = [
  'sh',
  '-c',
  'exec 3<&0; "$@" & p=$!; echo "pid:$p"; { read -r _ <&3; kill -9 $p; } & wait $p',
  'sh',
] as const;
